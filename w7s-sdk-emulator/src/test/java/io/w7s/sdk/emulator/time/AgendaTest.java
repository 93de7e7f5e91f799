package io.w7s.sdk.emulator.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Holds the order of the agenda, and that no item gets lost on it. */
class AgendaTest {

  private static final class Named extends Agenda.Item {
    private final String name;

    Named(String name) {
      super(true);
      this.name = name;
    }

    @Override
    protected void run() {}

    @Override
    public String toString() {
      return name;
    }
  }

  private static List<String> taken(Agenda agenda) {
    var names = new ArrayList<String>();
    for (Agenda.Item item = agenda.takeDue(Long.MAX_VALUE);
        item != null;
        item = agenda.takeDue(Long.MAX_VALUE)) {
      names.add(item.toString());
    }
    return names;
  }

  @Test
  void movesAnItemThatIsScheduledAgain() {
    var agenda = new Agenda();
    var moved = new Named("moved");
    agenda.schedule(moved, 1);
    agenda.schedule(new Named("stays"), 2);
    agenda.schedule(moved, 2);
    assertThat(agenda.size()).isEqualTo(2);
    assertThat(taken(agenda)).containsExactly("stays", "moved");
    assertThat(agenda.hasWork()).isFalse();
  }

  @Test
  void cancelsAnItemOnce() {
    var agenda = new Agenda();
    var item = new Named("cancelled");
    agenda.schedule(item, 1);
    assertThat(agenda.cancel(item)).isTrue();
    assertThat(agenda.cancel(item)).isFalse();
    assertThat(agenda.nextDue()).isEmpty();
    assertThat(agenda.hasWork()).isFalse();
  }

  @Test
  void keepsEveryItemWhenRandomNumbersRepeat() {
    PrimitiveIterator.OfLong numbers = LongStream.of(7, 7, 7, 8).iterator();
    var agenda = new Agenda(() -> {}, numbers::nextLong);
    agenda.schedule(new Named("first"), 1);
    agenda.schedule(new Named("second"), 1);
    assertThat(taken(agenda)).containsExactly("first", "second");
  }

  @Test
  void tellsOnlyOfItemsThatAreDueEarlier() {
    var told = new ArrayList<String>();
    var agenda = new Agenda(() -> told.add("earlier"), null);
    agenda.schedule(new Named("a"), 5);
    agenda.schedule(new Named("b"), 5);
    agenda.schedule(new Named("c"), 4);
    assertThat(told).hasSize(2);
  }
}
