/* ---- Mutants: each breaks one order or step. ------------------------------------------------- */
/* The driver reads their names, the scenario that shows them, and the code they stand for here.  */

/*      name              number  scenario  place in the code: what is broken                      */
#define none 0
#define head_relaxed              1   /* kill    submit.hpp publish(): head stored relaxed */
#define head_before_bytes         2   /* kill    submit.hpp submit_fitting(): published before it is written */
#define poll_relaxed              3   /* kill    reader.hpp poll(): head loaded relaxed, so the bytes may be read before */
#define has_room_relaxed          4   /* kill    producer.cpp has_room(): bytes stored before the tail is loaded */
#define room_of_one_more          5   /* kill    producer.cpp has_room(): one slot more than there is */
#define waiting_released          6   /* life    producer.cpp wait_for_room(): waiting stored with release */
#define tail_loaded_first         7   /* life    producer.cpp wait_for_room(): tail loaded before waiting is stored */
#define no_second_look            8   /* life    producer.cpp wait_for_room(): sleeps without a second look at the tail */
#define tail_released             9   /* life    reader.hpp release(): tail stored with release */
#define waiting_loaded_first      10  /* life    reader.hpp release(): waiting loaded before the tail is stored */
#define no_wake                   11  /* life    reader.hpp release(): wakes nobody */
#define waiting_reset_after_wake  12  /* life    reader.hpp release(): waiting set to 0 behind the wake-up */
#define tail_when_rendered        13  /* kill    consumer.cpp release_written(): slots given back before the kernel has the lines */
#define done_unasked              14  /* kill    consumer.cpp release_written(): a sink's thread is not asked */
#define ends_after_hand_over      15  /* kill    consumer.cpp hand_over(): ends stored behind the lines' hand-over */
#define one_batch_too_many        16  /* batches consumer.cpp hand_over(): as many open batches as there are places for ends */
#define no_first_batch            17  /* kill    consumer.cpp release_written(): first_batch not stored */
#define posted_relaxed            18  /* kill    worker.cpp post(): posted added relaxed */
#define posted_loaded_late        19  /* kill    worker.cpp run(): posted loaded relaxed, so the batch may be read before */
#define done_relaxed              20  /* kill    worker.cpp run(): done stored relaxed */
#define woken_before_done         21  /* life    worker.cpp run(): wakes its owner before the turn is done */
#define woken_too_late            22  /* life    worker.cpp run(): does not wake for the turn that is waited for */
#define written_relaxed           23  /* kill    sink: written stored relaxed */
#define written_before_write      24  /* kill    sink: written stored before write(2) */
#define place_in_place            25  /* kill    sink: one place instead of two in turn */
#define place_after_written       26  /* kill    sink: the place stored behind the number */
#define recovery_from_tail        27  /* kill    recovery: starts at tail, whatever ends says */
#define recovery_ignores_first    28  /* kill    recovery: takes ends of written alone, though the sink is behind */
#define recovery_ignores_tail     29  /* rings   recovery: takes ends although the tail is beyond */
#define recovery_trusts_written   30  /* kill    recovery: does not look for lines behind the place */
#define recovery_finds_twice      31  /* kill    recovery: a line of the file stands for all records like it */
#define recovery_takes_half       32  /* kill    recovery: takes a line that was cut for a whole one */
#define recovery_before_place     33  /* kill    recovery: looks for lines from the beginning of the file */
#define closed_relaxed            34  /* reuse   exchange.cpp retire(): closed stored relaxed */
#define closed_before_last        35  /* reuse   producer.cpp detach(): closed before the last record */
#define closed_loaded_late        36  /* reuse   reader.hpp is_finished(): closed loaded relaxed, so the head may be read before */
#define finished_when_closed      37  /* reuse   reader.hpp is_finished(): records may still wait */
#define finished_when_read        38  /* reuse   reader.hpp is_finished(): batches may still be on their way */
#define closed_cleared_late       39  /* retire  exchange.cpp take_ring(): announced before closed is cleared */
#define thread_told_late          40  /* reuse   exchange.cpp take_ring(): the new thread's id stored behind its first record */
#define flush_marks_before        41  /* flush   consumer.cpp drain_all(): marks set before the command is there */
#define flush_marks_seen          42  /* flush   reader.hpp mark(): the head at the last poll */
#define flush_misses_rings        43  /* flush   consumer.cpp drain_all(): new rings not taken */
#define flush_when_rendered       44  /* flush   consumer.cpp drain_all(): the kernel is not waited for */
#define wakes_read_late           45  /* flush   exchange.cpp sleep(): wakes read behind the look for commands */
#define no_look_for_commands      46  /* flush   exchange.cpp sleep(): sleeps without a look for commands */
#define wake_before_command       47  /* flush   exchange.cpp send(): wakes before the command is queued */
#define wake_uncounted            48  /* flush   exchange.cpp wake(): wakes not raised */
#define dropped_relaxed           49  /* drop    producer.cpp count_drop(): dropped stored relaxed */
#define dropped_after_poll        50  /* drop    consumer.cpp tell_silent_drops(): dropped loaded behind the poll */
#define told_unless_empty         51  /* drop    consumer.cpp tell_silent_drops(): told although records wait */
#define told_not_kept             52  /* drop    reader.hpp take_untold_drops(): told_drops not kept */
#define finished_untold           53  /* drop    reader.hpp is_finished(): drops may still be untold */
#define place_in_use              54  /* kill    sink: a sink that was idle writes into the place that is in use */
#define no_note                   55  /* drop    producer.cpp find_slots(): no note before the next record */

#ifndef MUTANT
#define MUTANT none
#endif
#define ORDER(broken) (MUTANT == broken -> RELAXED : RELEASE)
