package dev.weir.violations.loop;

import dev.weir.violations.filter.NoFilter;

/** A room in the middle that knows one after it. */
public record KnowsAFilter(NoFilter filter) {}
