package dev.weir.app.config.binding;

/**
 * A range of values, both ends included.
 *
 * @param min as a file would say it
 * @param max as a file would say it
 */
record Bounds<T>(String min, String max, Comparable<T> smallest, Comparable<T> largest) {

  /** For a component of that type, which must be one whose values have an order. */
  @SuppressWarnings("unchecked")
  static <T> Bounds<T> of(ScalarType<T> type, Range range) {
    Comparable<T> smallest = (Comparable<T>) type.reader().read(range.min());
    Comparable<T> largest = (Comparable<T>) type.reader().read(range.max());
    if (smallest == null || largest == null) {
      throw new IllegalArgumentException(range + " (expected: " + type.expected() + ")");
    }
    return new Bounds<>(range.min(), range.max(), smallest, largest);
  }

  boolean contain(T value) {
    return smallest.compareTo(value) <= 0 && largest.compareTo(value) >= 0;
  }

  @Override
  public String toString() {
    return min + " to " + max;
  }
}
