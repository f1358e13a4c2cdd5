"""Rules about namespaces: where objects may live and what a namespace must say."""
