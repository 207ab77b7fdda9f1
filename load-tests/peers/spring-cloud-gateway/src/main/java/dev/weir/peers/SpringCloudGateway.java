package dev.weir.peers;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import java.time.Duration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.circuitbreaker.resilience4j.ReactiveResilience4JCircuitBreakerFactory;
import org.springframework.cloud.circuitbreaker.resilience4j.Resilience4JConfigBuilder;
import org.springframework.cloud.client.circuitbreaker.Customizer;
import org.springframework.context.annotation.Bean;

/** Spring Cloud Gateway with routes from its configuration; the profile says with which filters. */
@SpringBootApplication
public class SpringCloudGateway {

  public static void main(String[] args) {
    SpringApplication.run(SpringCloudGateway.class, args);
  }

  /**
   * The breaker's time limit is that of the whole request. The default of one second would open it
   * while the program is still cold.
   */
  @Bean
  Customizer<ReactiveResilience4JCircuitBreakerFactory> breakers() {
    TimeLimiterConfig limit =
        TimeLimiterConfig.custom().timeoutDuration(Duration.ofSeconds(15)).build();
    return factory ->
        factory.configureDefault(
            id ->
                new Resilience4JConfigBuilder(id)
                    .circuitBreakerConfig(CircuitBreakerConfig.ofDefaults())
                    .timeLimiterConfig(limit)
                    .build());
  }
}
