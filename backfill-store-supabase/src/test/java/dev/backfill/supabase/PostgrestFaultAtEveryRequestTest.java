package dev.backfill.supabase;

import dev.backfill.testkit.postgrest.CallFault;
import java.util.List;
import org.junit.jupiter.api.Order;

/** The faults in which a function runs unseen, before a real PostgREST. */
@Order(2)
class PostgrestFaultAtEveryRequestTest extends FaultAtEveryRequestTest {

  @Override
  RestProject startProject() throws Exception {
    return RestProject.startPostgrest();
  }

  @Override
  List<CallFault> faults() {
    return List.of(CallFault.CUT_DURING, CallFault.CUT_AFTER, CallFault.REPEATED_AT_ONCE);
  }
}
