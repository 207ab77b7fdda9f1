package dev.weir.load.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * HAProxy in front of gateways, as somebody would set it up who asks their readiness. It sends a
 * request to the other one only if it could not connect, so it hides nothing else.
 */
public final class LoadBalancer implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  private final Process process;
  private final int port;

  private LoadBalancer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts it and waits until it takes connections. */
  public static LoadBalancer start(List<RunningGateway> gateways, Path work) {
    try {
      int port = freePort();
      Path file = work.resolve("haproxy.cfg");
      Files.writeString(file, configuration(gateways, port));
      Process process =
          new ProcessBuilder("haproxy", "-f", file.toString())
              .redirectErrorStream(true)
              .redirectOutput(work.resolve("haproxy.log").toFile())
              .start();
      LoadBalancer balancer = new LoadBalancer(process, port);
      if (!Pause.until(START_LIMIT, balancer::isOpen)) {
        process.destroyForcibly();
        throw new IllegalStateException("HAProxy did not start; see " + work);
      }
      return balancer;
    } catch (IOException e) {
      throw new UncheckedIOException("HAProxy is needed (Debian: apt install haproxy)", e);
    }
  }

  private static String configuration(List<RunningGateway> gateways, int port) {
    StringBuilder servers = new StringBuilder();
    for (int i = 0; i < gateways.size(); i++) {
      URI data = URI.create(gateways.get(i).url());
      URI admin = URI.create(gateways.get(i).adminUrl());
      servers
          .append("  server gateway")
          .append(i)
          .append(" ")
          .append(data.getAuthority())
          .append(" check addr 127.0.0.1 port ")
          .append(admin.getPort())
          .append(" inter 200ms fall 1 rise 1\n");
    }
    return """
        defaults
          mode http
          timeout connect 1s
          timeout client 60s
          timeout server 60s
          timeout check 2s
          option redispatch 1

        frontend clients
          bind 127.0.0.1:%d
          default_backend gateways

        backend gateways
          option httpchk
          http-check send meth GET uri /health/ready ver HTTP/1.1 hdr Host 127.0.0.1
          http-check expect status 200
        %s"""
        .formatted(port, servers);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private boolean isOpen() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
