package dev.weir.violations.resilience;

import dev.weir.http.Request;
import io.netty.buffer.ByteBuf;

/** A mechanism that serves one kind of call only. */
public record KnowsHttp(Request request, ByteBuf buffer) {}
