package dev.weir.load;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gatling.javaapi.core.Assertion;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.PopulationBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What Gatling can't see of a load: how much reached the upstream, what the gateway still holds.
 * Each check is a request to a server of ours, so that it stands in the report and fails the build
 * like any other.
 */
final class Checks {

  private static final String NAME = "check: ";

  private final HttpServer server;
  private final Map<String, Supplier<String>> checks = new LinkedHashMap<>();

  Checks() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.start();
  }

  /** Adds a check, which says what is wrong, or the empty text. May take some seconds. */
  void add(String name, Supplier<String> problem) {
    String path = "/" + checks.size();
    checks.put(name, problem);
    server.createContext(path, exchange -> answer(exchange, name, problem));
  }

  private static void answer(HttpExchange exchange, String name, Supplier<String> check)
      throws IOException {
    String problem = evaluate(check);
    System.out.println(NAME + name + ": " + (problem.isEmpty() ? "holds" : problem));
    byte[] body = problem.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(
        problem.isEmpty() ? 200 : 500, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static String evaluate(Supplier<String> check) {
    try {
      return check.get();
    } catch (RuntimeException e) {
      return "could not be told: " + e;
    }
  }

  /** All checks, one after the other; to be run after the load. */
  PopulationBuilder afterwards() {
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    ChainBuilder chain = exec(session -> session);
    int index = 0;
    for (String name : checks.keySet()) {
      chain = chain.exec(http(NAME + name).get(url + index++).check(status().is(200)));
    }
    return scenario("checks").exec(chain).injectOpen(atOnceUsers(1));
  }

  Assertion[] assertions() {
    return checks.keySet().stream()
        .map(name -> details(NAME + name).failedRequests().count().is(0L))
        .toArray(Assertion[]::new);
  }

  void close() {
    server.stop(0);
  }
}
