package dev.backfill.supabase.internal.http;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** A subscriber that collects a body, and fails as soon as it is larger than any valid answer. */
final class BoundedBody implements BodySubscriber<byte[]> {

  private static final int UNANNOUNCED = 16 << 10;

  /** A length need not be true: above this, room is made as bytes arrive. */
  private static final int MAX_TRUSTED = 1 << 20;

  private final long limit;
  private final CompletableFuture<byte[]> result = new CompletableFuture<>();
  private byte[] bytes;
  private int size;
  private @Nullable Subscription subscription;

  /**
   * Creates the subscriber.
   *
   * @param announced the length in the headers; less than 0 if there is none
   */
  BoundedBody(long limit, long announced) {
    this.limit = limit;
    this.bytes = new byte[announced < 0 ? UNANNOUNCED : (int) Math.min(announced, MAX_TRUSTED)];
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return result;
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    given.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      if (result.isDone()) {
        return;
      }
      int length = buffer.remaining();
      if (size + (long) length > limit) {
        if (subscription != null) {
          subscription.cancel();
        }
        bytes = new byte[0];
        result.completeExceptionally(new BodyTooLargeException(limit));
        return;
      }
      if (length > bytes.length - size) {
        long doubled = Math.min(limit, 2L * bytes.length);
        bytes = Arrays.copyOf(bytes, (int) Math.max(doubled, size + (long) length));
      }
      buffer.get(bytes, size, length);
      size += length;
    }
  }

  @Override
  public void onError(Throwable error) {
    result.completeExceptionally(error);
  }

  @Override
  public void onComplete() {
    result.complete(size == bytes.length ? bytes : Arrays.copyOf(bytes, size));
  }

  static final class BodyTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    BodyTooLargeException(long limit) {
      super("the answer is larger than " + limit + " bytes");
    }
  }
}
