package dev.weir.app;

import dev.weir.app.config.Settings;
import dev.weir.app.tls.TlsFileException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.ChannelBindException;

/** A gateway as the one thing that a process does. */
final class GatewayProcess {

  private static final Logger LOG = LoggerFactory.getLogger(GatewayProcess.class);

  private GatewayProcess() {}

  /**
   * Runs until the process is told to end; then its exit code is 0, or 1 if something failed on the
   * way out.
   *
   * @param started is told once requests can come
   * @return 1 if it could not start; else it does not return
   */
  static int run(Settings settings, PrintWriter err, Consumer<Gateway> started) {
    Gateway gateway;
    try {
      gateway = Wiring.start(settings);
    } catch (ChannelBindException e) {
      err.println(
          "gateway: can't listen on "
              + e.localHost()
              + ":"
              + e.localPort()
              + ": "
              + reason(e)
              + "; is something else there? --listen and --admin take other addresses");
      return 1;
    } catch (TlsFileException e) {
      err.println("gateway: " + e.getMessage());
      return 1;
    } catch (IOException e) {
      err.println("gateway: access-log: " + e.getMessage() + " can't be written to");
      return 1;
    }
    String shortage = Descriptors.of(settings).shortage();
    if (shortage != null) {
      LOG.warn("{}", shortage);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(gateway), "weir-shutdown"));
    err.println(
        "weir listens on http://"
            + text(gateway.address())
            + (gateway.tlsAddress() == null ? "" : ", https://" + text(gateway.tlsAddress()))
            + ", admin on http://"
            + text(gateway.adminAddress()));
    err.flush();
    started.accept(gateway);
    waitForTheEnd();
    return 0;
  }

  private static String reason(ChannelBindException e) {
    return e.getCause() == null ? "" + e.getMessage() : "" + e.getCause().getMessage();
  }

  private static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }

  /** Runs in the hook; after it nothing else has to. */
  private static void end(Gateway gateway) {
    List<String> failures = gateway.stop();
    Runtime.getRuntime().halt(failures.isEmpty() ? 0 : 1);
  }

  private static void waitForTheEnd() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
