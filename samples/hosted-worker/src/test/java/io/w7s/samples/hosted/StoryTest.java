package io.w7s.samples.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class StoryTest {

  private static final Path BRIDGE = Path.of("../../bridge").toAbsolutePath().normalize();

  @Test
  void whatThePlatformDeliversArrivesAndWhatStrangersForgeDoesNot() throws Exception {
    assumeTrue(
        Bridge.workerd(BRIDGE).isPresent(),
        "there is no workerd; this installs it: npm ci --prefix bridge");
    List<String> told = new CopyOnWriteArrayList<>();

    Story.tell(BRIDGE, told::add);

    assertThat(told)
        .filteredOn(line -> line.startsWith("forged") || line.contains("/status of the service"))
        .hasSize(3)
        .noneMatch(line -> line.contains(": 2"));
    assertThat(told).filteredOn(line -> line.contains("arrived")).hasSize(4);
  }
}
