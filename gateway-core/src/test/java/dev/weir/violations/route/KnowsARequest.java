package dev.weir.violations.route;

import dev.weir.violations.http.KnowsARoute;

/** Half of a cycle. */
public record KnowsARequest(KnowsARoute request) {}
