package dev.weir.app.config;

import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Range;

/** How many repetitions an upstream can be asked to bear. */
@Doc(
    "How many repetitions an upstream can be asked to bear, over ten seconds and for all routes"
        + " together: the larger of the two.")
public record RetryBudgetSettings(
    @Doc("Repetitions as a part of the requests.") @Default("20%") Percent percent,
    @Doc("Repetitions that are always allowed, however few requests there are.")
        @Default("3")
        @Range(min = "0", max = "100000")
        int minPerSecond) {}
