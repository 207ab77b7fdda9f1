package dev.weir.ratelimit;

import static dev.weir.ratelimit.Arithmetic.ceilDiv;

import dev.weir.http.Fields;
import dev.weir.ratelimit.Verdict.Source;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The header fields in which an answer tells what its limits say: {@code RateLimit-Policy} and
 * {@code RateLimit} (draft-ietf-httpapi-ratelimit-headers-10, structured fields of RFC 9651), and
 * the older {@code X-RateLimit-*}, which tell of the tightest limit alone.
 *
 * <p>A limit in shadow is nobody's business but the operator's.
 */
public final class LimitFields {

  /** Which fields are sent. */
  public enum Style {
    NONE,
    STANDARD,
    X_RATELIMIT,
    BOTH
  }

  private static final long MICROS_PER_SECOND = 1_000_000;

  private final Style style;
  private final String policies;

  /** For the answers of a route with these limits. */
  public LimitFields(Style style, List<RateLimit> limits) {
    this.style = style;
    this.policies =
        limits.stream()
            .filter(limit -> !limit.isShadow())
            .map(LimitFields::policy)
            .collect(Collectors.joining(", "));
  }

  private static String policy(RateLimit limit) {
    return name(limit) + ";q=" + limit.quota() + ";w=" + ceilDiv(limit.windowMillis(), 1000);
  }

  /** A String (RFC 9651 §3.3.3); names hold nothing that would have to be escaped. */
  private static String name(RateLimit limit) {
    return '"' + limit.name() + '"';
  }

  /** The fields that tell of a decision, names and values. */
  public Map<String, String> of(Decision decision) {
    Map<String, String> fields = new LinkedHashMap<>();
    if (style == Style.STANDARD || style == Style.BOTH) {
      addStandard(decision, fields);
    }
    Verdict tightest = tightest(decision);
    if (tightest != null && (style == Style.X_RATELIMIT || style == Style.BOTH)) {
      fields.put(Fields.X_RATE_LIMIT_LIMIT.toString(), "" + tightest.charge().limit().quota());
      fields.put(Fields.X_RATE_LIMIT_REMAINING.toString(), "" + tightest.remaining());
      fields.put(Fields.X_RATE_LIMIT_RESET.toString(), "" + resetSeconds(tightest));
    }
    String degraded = degraded(decision);
    if (degraded != null) {
      fields.put(Fields.X_RATE_LIMIT_DEGRADED.toString(), degraded);
    }
    return fields;
  }

  private void addStandard(Decision decision, Map<String, String> fields) {
    StringBuilder state = new StringBuilder();
    for (Verdict verdict : decision.verdicts()) {
      if (isTold(verdict)) {
        if (!state.isEmpty()) {
          state.append(", ");
        }
        state.append(name(verdict.charge().limit()));
        state.append(";r=").append(verdict.remaining());
        state.append(";t=").append(resetSeconds(verdict));
      }
    }
    if (!policies.isEmpty()) {
      fields.put(Fields.RATE_LIMIT_POLICY.toString(), policies);
    }
    if (!state.isEmpty()) {
      fields.put(Fields.RATE_LIMIT.toString(), state.toString());
    }
  }

  private static boolean isTold(Verdict verdict) {
    return !verdict.charge().limit().isShadow() && verdict.source() != Source.NONE;
  }

  private static long resetSeconds(Verdict verdict) {
    return ceilDiv(verdict.resetMicros(), MICROS_PER_SECOND);
  }

  /** The one that refuses for longest; else the one of which the smallest part is left. */
  private static @Nullable Verdict tightest(Decision decision) {
    Verdict tightest = null;
    for (Verdict verdict : decision.verdicts()) {
      if (isTold(verdict) && (tightest == null || isTighter(verdict, tightest))) {
        tightest = verdict;
      }
    }
    return tightest;
  }

  private static boolean isTighter(Verdict one, Verdict other) {
    if (one.waitMicros() != other.waitMicros()) {
      return one.waitMicros() > other.waitMicros();
    }
    double left = (double) one.remaining() / one.charge().limit().quota();
    return left < (double) other.remaining() / other.charge().limit().quota();
  }

  /** How the answer came about if not all limits could be asked; null if they could. */
  private static @Nullable String degraded(Decision decision) {
    String degraded = null;
    for (Verdict verdict : decision.verdicts()) {
      if (verdict.source() == Source.NONE) {
        return "open";
      }
      if (verdict.source() == Source.LOCAL) {
        degraded = "local";
      }
    }
    return degraded;
  }
}
