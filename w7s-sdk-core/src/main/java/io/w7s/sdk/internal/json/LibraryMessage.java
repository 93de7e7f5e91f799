package io.w7s.sdk.internal.json;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of a JSON library's message can be shown. Messages quote the JSON, each in its own way, so
 * only the beginnings listed here are taken: those that consist of the library's own words and the
 * names of Java types and their properties.
 */
final class LibraryMessage {

  private static final String TYPE = "`[^`]{1,500}`";
  private static final String NAME = "[\\w$.<>,\\[\\]]{1,500}";

  /** Each ends before the point where the library would begin to quote. */
  private static final List<Pattern> KNOWN =
      List.of(
          Pattern.compile(Pattern.quote(JsonErrors.NOT_FINITE)),
          // Jackson 2 and 3
          Pattern.compile(
              "Cannot construct instance of "
                  + TYPE
                  + " \\((no Creators, like default constructor, exist"
                  + "|although at least one Creator exists)\\)"
                  + "(: (cannot deserialize from Object value"
                  + "|abstract types either need to be mapped to concrete types"
                  + "|no [\\w/]{1,50}-argument constructor/factory method to deserialize"
                  + " from [\\w-]{1,50} value))?"),
          Pattern.compile(
              "Cannot deserialize value of type "
                  + TYPE
                  + " from ([A-Z][\\w-]{1,50} value|String|number)"),
          Pattern.compile("Cannot (map `null` into type|coerce `null` to) " + TYPE),
          Pattern.compile("Unexpected token \\(`JsonToken\\.\\w{1,50}`\\)"),
          Pattern.compile("Cannot deserialize Map key of type " + TYPE),
          Pattern.compile(
              "Missing (required )?creator property '[^']{1,200}' \\(index \\d{1,9}\\)"),
          Pattern.compile("Invalid `null` value encountered for property \"[^\"]{1,200}\""),
          Pattern.compile("(Null|Missing) value for creator property '[^']{1,200}'"),
          Pattern.compile(
              "Instantiation of \\[simple type, class "
                  + NAME
                  + "\\] value failed for JSON property [\\w$]{1,200} due to missing \\(therefore"
                  + " NULL\\) value for creator parameter [\\w$]{1,200} which is a non-nullable"
                  + " type"),
          Pattern.compile(
              "Java 8 (date/time|optional) type "
                  + TYPE
                  + " not supported by default: add Module \"[\\w.:-]{1,200}\""),
          Pattern.compile("Could not resolve subtype of " + TYPE + ": missing type id property"),
          Pattern.compile(
              "(Invalid (type )?definition for|Conflicting setter definitions for"
                  + "|Failed to call `setAccess\\(\\)` on|Failed on call to"
                  + "|Default constructor for)[^\\n]{1,1000}"), // found before any JSON is read
          Pattern.compile("No serializer found for class " + NAME),
          Pattern.compile("Direct self-reference leading to cycle"),
          Pattern.compile("Infinite recursion \\(StackOverflowError\\)"),
          Pattern.compile("Document nesting depth \\(\\d{1,9}\\) exceeds the maximum allowed"),
          // Yasson
          Pattern.compile(
              "Cannot create instance of a class: (class )?"
                  + NAME
                  + ", No default constructor found"),
          Pattern.compile(
              "Cannot create instance of a record: (class )?"
                  + NAME
                  + ", Multiple constructors found"),
          Pattern.compile("Cannot infer a type for unmarshalling into: " + NAME),
          Pattern.compile("Error resolving runtime type for type: " + NAME),
          Pattern.compile("Error deserialize JSON value into type: " + NAME),
          Pattern.compile("More than one @JsonbCreator declared in class " + NAME),
          Pattern.compile("Recursive reference has been found in class (class )?" + NAME),
          Pattern.compile("Incorrect position for processing type: (class )?" + NAME));

  private LibraryMessage() {}

  /** Returns the part of a message that is known to hold no JSON; empty when there is none. */
  static Optional<String> shown(String message) {
    return KNOWN.stream()
        .map(known -> known.matcher(message))
        .filter(Matcher::lookingAt)
        .map(Matcher::group)
        .map(String::strip)
        .findFirst();
  }
}
