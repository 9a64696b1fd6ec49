"""The verbs as functions: plain values in, a value out, nothing printed."""
