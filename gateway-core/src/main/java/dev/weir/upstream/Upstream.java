package dev.weir.upstream;

import dev.weir.resilience.CircuitBreaker;
import dev.weir.resilience.ConcurrencyLimit;
import dev.weir.resilience.RetryBudget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A named set of endpoints that serve the same thing, and what is remembered about them from one
 * request to the next.
 *
 * @param name from the configuration
 * @param concurrency how many requests may be with it at a time
 * @param breaker null if it has none
 * @param hostField what the endpoints are told in their Host field
 */
public record Upstream(
    String name,
    List<Endpoint> endpoints,
    Connector connector,
    ConcurrencyLimit concurrency,
    RetryBudget retryBudget,
    @Nullable CircuitBreaker breaker,
    HostField hostField) {

  /** Which server a request names to the endpoint. */
  public sealed interface HostField {

    /** The one that the client asked for. */
    record Preserved() implements HostField {}

    /** The endpoint itself. */
    record OfEndpoint() implements HostField {}

    /** Always the same. */
    record Fixed(String value) implements HostField {}
  }
}
