package dev.weir.app.config;

import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Matches;
import dev.weir.app.config.binding.Range;
import dev.weir.app.config.binding.Shorthand;

/** An upstream, and its share of a route's requests. */
@Doc("An upstream, and its share of the requests: its weight over the sum of all weights.")
@Shorthand("upstream")
public record ShareSettings(
    @Doc("A name from `upstreams`.") @Matches(regex = ".+", expected = "the name of an upstream")
        String upstream,
    @Doc("0: none, for the time being.") @Default("1") @Range(min = "0", max = "1000000")
        int weight) {}
