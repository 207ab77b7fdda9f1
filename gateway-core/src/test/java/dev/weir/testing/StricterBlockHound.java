package dev.weir.testing;

import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * BlockHound with its holes closed: what the stock set lets pass on an event loop, or allows on
 * purpose, is caught, too; and each violation is recorded, since the error that it throws may be
 * swallowed by an operator.
 *
 * <p>A method that does not exist is ignored without a word, so {@code BlockHoundTest} tries each.
 */
public final class StricterBlockHound implements BlockHoundIntegration {

  private static final String IP_LOOKUP = "(Ljava/lang/String;)[Ljava/net/InetAddress;";
  private static final String IP_LOOKUP_18 = "(Ljava/lang/String;I)[Ljava/net/InetAddress;";

  @Override
  public void applyTo(BlockHound.Builder builder) {
    builder
        // Below Logger.callAppenders, which BlockHound allows: writing a log line is I/O.
        .disallowBlockingCallsInside("ch.qos.logback.core.OutputStreamAppender", "append")
        .disallowBlockingCallsInside("ch.qos.logback.core.AsyncAppenderBase", "append")
        // Names are resolved by the operating system, for as long as it takes.
        .markAsBlocking("java.net.Inet6AddressImpl", "lookupAllHostAddr", IP_LOOKUP)
        .markAsBlocking("java.net.Inet6AddressImpl", "lookupAllHostAddr", IP_LOOKUP_18)
        .markAsBlocking("java.net.Inet4AddressImpl", "lookupAllHostAddr", IP_LOOKUP)
        // java.nio.file and FileChannel.
        .markAsBlocking("sun.nio.fs.UnixNativeDispatcher", "open0", "(JII)I")
        .markAsBlocking("sun.nio.fs.UnixNativeDispatcher", "opendir0", "(J)J")
        .blockingMethodCallback(
            method -> {
              BlockingOperationError error = new BlockingOperationError(method);
              Vigilance.record("blocked an event loop", error);
              throw error;
            });
  }
}
