package io.w7s.sdk.internal.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Finds the name that was meant where a setting has an unknown one. */
final class NearestName {

  /** The service bindings that the platform puts into a backend beside its settings. */
  private static final Set<String> BINDINGS =
      Set.of("W7S_RPC", "W7S_QUEUE", "W7S_WORKFLOW", "W7S_EVENTS");

  private static final String START = "W7S";

  /** Longer names are cut, because comparing takes time with the product of both lengths. */
  private static final int MAX_LENGTH = 100;

  private static final int SHORTEST_ABBREVIATION = 3;
  private static final int LONGEST_SHORT_WORD = 5;

  /** Of a mistaken variable of a local app, which may lack the repository. */
  private static final int FEWEST_WORDS = 4;

  private NearestName() {}

  /** Returns the known property that is most like an unknown one. */
  static String ofProperty(String unknown) {
    String key = cut(unknown).toLowerCase(Locale.ROOT);
    String nearest = "";
    int least = Integer.MAX_VALUE;
    for (Setting setting : Setting.values()) {
      String property = setting.property();
      int distance =
          isStart(key, property)
              ? 0
              : Math.min(distance(key, property), distance(key, asProperty(setting.variable())));
      if (distance < least) {
        least = distance;
        nearest = property;
      }
    }
    for (LocalSetting setting : LocalSetting.values()) {
      String prefix = setting.propertyPrefix();
      int distance = isStart(key, prefix) ? 0 : distanceToStart(prefix, key);
      if (distance < least) {
        least = distance;
        nearest = prefix + "<owner>/<repo>";
      }
    }
    return nearest;
  }

  /**
   * Returns the known variable that an unknown one must be meant for, because it differs by a
   * typing error or by case, abbreviates the last word, or is spelt as the property is. Empty for a
   * known variable, and for one that may well be somebody else's.
   */
  static Optional<String> ofMistakenVariable(String name) {
    String upper = cut(name).toUpperCase(Locale.ROOT);
    if (!upper.startsWith(START) || isKnown(name) || BINDINGS.contains(name)) {
      return Optional.empty();
    }
    for (Setting setting : Setting.values()) {
      if (upper.equals(asVariable(setting.property()))) {
        return Optional.of(setting.variable());
      }
    }
    for (String known : variables()) {
      if (isClose(upper, known) || isAbbreviation(upper, known)) {
        return Optional.of(known);
      }
    }
    return ofMistakenLocalVariable(upper);
  }

  private static Optional<String> ofMistakenLocalVariable(String upper) {
    String[] words = upper.split("_", -1);
    for (LocalSetting setting : LocalSetting.values()) {
      boolean spelt =
          words.length >= FEWEST_WORDS
              && isClose(words[0] + "_" + words[1] + "_", LocalSetting.VARIABLE_PREFIX)
              && isClose(words[words.length - 1], setting.lastWord());
      if (spelt || upper.startsWith(setting.listVariable() + "_")) {
        return Optional.of(setting.variableForm());
      }
    }
    return Optional.empty();
  }

  private static boolean isKnown(String name) {
    if (variables().contains(name)) {
      return true;
    }
    for (LocalSetting setting : LocalSetting.values()) {
      if (setting.isVariable(name)) {
        return true;
      }
    }
    return false;
  }

  private static List<String> variables() {
    var variables = new ArrayList<String>();
    for (Setting setting : Setting.values()) {
      variables.add(setting.variable());
    }
    variables.add(VariableSource.OWNER);
    variables.add(VariableSource.REPO);
    for (LocalSetting setting : LocalSetting.values()) {
      variables.add(setting.listVariable());
    }
    return variables;
  }

  /** Whether names differ by one typing error, or by two that are not both in one short word. */
  private static boolean isClose(String name, String known) {
    int distance = distance(name, known);
    return distance <= 1 || (distance == 2 && isCloseByWord(name, known));
  }

  // W7S_API_TOKEN is two letters from W7S_RPC_TOKEN, and another thing.
  private static boolean isCloseByWord(String name, String known) {
    String[] words = name.split("_", -1);
    String[] knownWords = known.split("_", -1);
    if (words.length != knownWords.length) {
      return false;
    }
    for (int i = 0; i < words.length; i++) {
      int most = knownWords[i].length() <= LONGEST_SHORT_WORD ? 1 : 2;
      if (distance(words[i], knownWords[i]) > most) {
        return false;
      }
    }
    return true;
  }

  /** Whether a name ends within the last word of the known one. */
  private static boolean isAbbreviation(String name, String known) {
    return isStart(name, known) && known.indexOf('_', name.length()) < 0;
  }

  private static boolean isStart(String name, String known) {
    return known.startsWith(name)
        && name.length() >= Setting.VARIABLE_PREFIX.length() + SHORTEST_ABBREVIATION;
  }

  private static String asVariable(String property) {
    return property.toUpperCase(Locale.ROOT).replace('.', '_');
  }

  private static String asProperty(String variable) {
    return variable.toLowerCase(Locale.ROOT).replace('_', '.');
  }

  private static String cut(String name) {
    return name.length() <= MAX_LENGTH ? name : name.substring(0, MAX_LENGTH);
  }

  private static int distance(String a, String b) {
    int[] distances = distances(a, b);
    return distances[b.length()];
  }

  /** Returns the distance to that beginning of a longer text which is nearest. */
  private static int distanceToStart(String start, String text) {
    int least = start.length();
    for (int distance : distances(start, text)) {
      least = Math.min(least, distance);
    }
    return least;
  }

  /**
   * Returns how many letters have to be inserted, removed, replaced or swapped with their neighbour
   * to turn the one text into each beginning of the other, from the empty one to the whole.
   */
  private static int[] distances(String from, String to) {
    int[] beforeLast = new int[to.length() + 1];
    int[] last = new int[to.length() + 1];
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int[] free = beforeLast;
      beforeLast = last;
      last = row;
      row = free;
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = last[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(last[j], row[j - 1]) + 1);
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
    }
    return row;
  }
}
