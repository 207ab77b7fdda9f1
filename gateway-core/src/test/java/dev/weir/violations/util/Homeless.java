package dev.weir.violations.util;

/** In no room. */
public final class Homeless {}
