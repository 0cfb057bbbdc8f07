package dev.backfill.github.internal.json;

/** Finds the number of an issue or a pull request in its address. */
final class Numbers {

  private Numbers() {}

  /** The number at the end of an address, whatever its fragment. */
  static int lastSegment(String url, String field) throws InvalidItemException {
    int fragment = url.indexOf('#');
    String path = fragment < 0 ? url : url.substring(0, fragment);
    String last = path.substring(path.lastIndexOf('/') + 1);
    try {
      int number = Integer.parseInt(last);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new InvalidItemException(field + " does not end with a number");
  }
}
