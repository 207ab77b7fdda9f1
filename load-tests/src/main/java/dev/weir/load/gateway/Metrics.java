package dev.weir.load.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** The gateway's own metrics at one instant, in the text form of Prometheus. */
public final class Metrics {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final List<String> lines;

  private Metrics(List<String> lines) {
    this.lines = lines;
  }

  static Metrics read(String url) {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT).build();
    try {
      return parse(CLIENT.send(request, BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new IllegalStateException("no metrics at " + url, e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static Metrics parse(String text) {
    return new Metrics(text.lines().filter(line -> !line.startsWith("#")).toList());
  }

  /**
   * The sum over all series of that name which have all of the labels.
   *
   * @param labels each as it is written, like {@code listener="data"}
   */
  public double sum(String name, String... labels) {
    return lines.stream()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .filter(line -> List.of(labels).stream().allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
