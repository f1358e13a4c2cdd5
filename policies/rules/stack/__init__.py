"""Rules of the platform: what only several resources show, or what holds for resources of any kind."""
