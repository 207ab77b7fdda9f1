package dev.weir.app.config;

import dev.weir.app.config.binding.Checked;
import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Matches;
import dev.weir.app.config.binding.Problems;
import dev.weir.app.config.binding.Range;
import dev.weir.app.config.binding.Shorthand;
import dev.weir.ratelimit.Cost;
import org.jspecify.annotations.Nullable;

/** What a request costs at a rate limit. */
@Doc("What a request costs at a rate limit, in tokens.")
@Shorthand("amount")
public record CostSettings(
    @Doc("Of a request that does not say.") @Default("1") @Range(min = "1", max = "1000000")
        int amount,
    @Doc(
            "A field in which a request may say what it costs; anything in it but one number from 1"
                + " to `max` is answered 400.")
        @Matches(regex = FieldRules.NAME_REGEX, expected = FieldRules.NAME_EXPECTED)
        @Nullable String header,
    @Doc("The most that a request may say; at least `amount`.")
        @Default("100")
        @Range(min = "1", max = "1000000")
        int max)
    implements Checked {

  @Override
  public void check(Problems at) {
    if (header == null) {
      if (at.says("max")) {
        at.at("max").state("of no use without a header", "only with header");
      }
    } else if (amount > max) {
      at.report(at.says("max") ? "max" : "amount", "an amount that is not above max");
    }
  }

  /** The most that a request can cost. */
  int largest() {
    return header == null ? amount : max;
  }

  public Cost cost() {
    return header == null ? Cost.fixed(amount) : new Cost(amount, header, max);
  }
}
