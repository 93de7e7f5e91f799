package io.w7s.sdk.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.testing.Journal.Entry;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class JournalRecorderTest {

  private static final int MANY = 300_000;

  private static JournalRecorder recorder(int most) {
    return new JournalRecorder(new VirtualTime(InMemoryW7s.DEFAULT_START, 42), most);
  }

  private static void write(JournalRecorder recorder, int entries) {
    for (int i = 0; i < entries; i++) {
      recorder.faulted(null, "acme/worker", "a fault");
    }
  }

  @Test
  void aFullJournalKeepsTheNewestEntriesInOrder() {
    JournalRecorder recorder = recorder(7);
    for (int written = 1; written <= 30; written++) {
      write(recorder, 1);
      assertThat(recorder.after(0))
          .extracting(Entry::number)
          .containsExactlyElementsOf(
              LongStream.rangeClosed(Math.max(1, written - 6), written).boxed().toList());
      assertThat(recorder.after(0).forgotten()).isEqualTo(Math.max(0, written - 7));
    }
    assertThat(recorder.after(28)).extracting(Entry::number).containsExactly(29L, 30L);
    assertThat(recorder.after(20)).hasSize(7);
    assertThat(recorder.after(20).forgotten()).isEqualTo(3);
    assertThat(recorder.after(30)).isEmpty();
  }

  /** Reading all entries takes about a millisecond, so 100,000 times would take minutes. */
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void readingTheLastEntriesDoesNotReadTheOthers() {
    JournalRecorder recorder = recorder(Integer.MAX_VALUE);
    write(recorder, MANY);
    long read = 0;
    for (int i = 0; i < 100_000; i++) {
      long before = recorder.written();
      write(recorder, 1);
      read += recorder.after(before).size();
    }
    assertThat(read).isEqualTo(100_000);
  }
}
