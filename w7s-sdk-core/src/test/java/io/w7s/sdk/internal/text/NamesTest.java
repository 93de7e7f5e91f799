package io.w7s.sdk.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "orders.created", "Orders.v2.line-item_added", "-._"})
  void keepsSubjectsAsTheyAre(String subject) {
    assertThat(Names.subject("subject", subject)).isEqualTo(subject);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a.", ".a", "a..b", "a b", " a", "é", "a/b", "a\n"})
  void refusesInvalidSubjects(String subject) {
    assertThatThrownBy(() -> Names.subject("event subject", subject))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("event subject: found ")
        .hasMessageContaining("joined by single dots");
  }

  @Test
  void refusesSubjectsOver255Characters() {
    assertThat(Names.subject("subject", "a".repeat(255))).hasSize(255);
    assertThatThrownBy(() -> Names.subject("subject", "a".repeat(256)))
        .hasMessageStartingWith("subject: found 256 characters, must be 1 to 255 characters");
  }

  @ParameterizedTest
  @CsvSource({
    "a..b, which has an empty word",
    ".a, which has an empty word",
    "a., which has an empty word",
    "größe.x, which has another character at 3",
    "a.🐎, which has another character at 3",
    "a b, which has another character at 2"
  })
  void saysWhatIsWrongWithASubject(String subject, String fault) {
    assertThatThrownBy(() -> Names.subject("subject", subject))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("subject: found \"" + subject + "\", " + fault + ", must be 1 to");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t"})
  void refusesBlankAndLongEventIds(String blank) {
    assertThat(Names.eventId("id", "é".repeat(255))).hasSize(255);
    assertThatThrownBy(() -> Names.eventId("id", blank)).hasMessageContaining("blank text");
    assertThatThrownBy(() -> Names.eventId("id", "secret".repeat(50)))
        .hasMessage("id: found 300 characters, must be 1 to 255 characters, not blank");
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "orders.*", "orders.>", ">"})
  void refusesWildcardsAndSaysWhatToDoInstead(String subject) {
    assertThatThrownBy(() -> Names.subject("subject", subject))
        .hasMessageContaining("exact")
        .hasMessageContaining("subscribe to each");
  }

  @Test
  void putsQueuesAndWorkflowsInLowerCase() {
    assertThat(Names.queue("queue", " Jobs.V2 ")).isEqualTo("jobs.v2");
    assertThat(Names.workflow("workflow", "CHECKOUT")).isEqualTo("checkout");
    assertThatThrownBy(() -> Names.queue("queue name", "a b"))
        .hasMessageStartingWith("queue name: found \"a b\", must be 1 to 100 letters");
    assertThatThrownBy(() -> Names.workflow("workflow name", "w".repeat(101)))
        .hasMessageStartingWith("workflow name: found \"" + "w".repeat(60) + "…\"");
  }

  @Test
  void refusesPathsThatDoNotStartWithOneSlash() {
    assertThat(Names.path("path", " /a/b ")).isEqualTo("/a/b");
    assertThatThrownBy(() -> Names.path("path", "//evil.example"))
        .hasMessageStartingWith("path: found \"//evil.example\", must be a path");
    assertThatThrownBy(() -> Names.path("path", "")).hasMessageContaining("found empty text");
  }

  @Test
  void doesNotRepeatAnInvalidNameOfASecret() {
    assertThatThrownBy(() -> Names.variable("$.secrets[0]", "KEY=hunter2"))
        .hasMessageContaining("$.secrets[0]")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void quotesOnOneLine() {
    assertThat(Names.quoted("a\nb\u2028c\u0000")).isEqualTo("\"a b c \"");
    assertThat(Names.quoted("a\u202eb\u200bc\ufeffd\ud800e")).isEqualTo("\"a b c d e\"");
    assertThat(Names.quoted("🐎".repeat(61))).isEqualTo("\"" + "🐎".repeat(60) + "…\"");
  }
}
