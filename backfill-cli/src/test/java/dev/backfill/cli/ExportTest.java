package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.cli.command.ExportCommand;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExportTest {

  @Test
  void cellsAreQuotedWhereTheyMustBeAndNoneIsAFormula() {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("target", "a/b");
    row.put("error", "it said \"no\",\nand went");
    row.put("formula", "=HYPERLINK(\"http://x\")");
    row.put("number", -12);
    row.put("nothing", null);
    assertThat(ExportCommand.csv(List.of(row)))
        .isEqualTo(
            "target,error,formula,number,nothing\r\n"
                + "a/b,\"it said \"\"no\"\",\nand went\",\"'=HYPERLINK(\"\"http://x\"\")\",-12,\r\n");
    assertThat(ExportCommand.csv(List.of())).isEmpty();
  }
}
