"""Rules of load balancers, where traffic comes in."""
