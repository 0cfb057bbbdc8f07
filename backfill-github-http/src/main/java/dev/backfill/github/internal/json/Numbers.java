package dev.backfill.github.internal.json;

/** The number of an issue or a pull request in its address. */
final class Numbers {

  private Numbers() {}

  /** Returns the number at the end of an address, ignoring its fragment. */
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
      // Falls through to the exception below.
    }
    throw new InvalidItemException(field + " does not end with a number");
  }
}
