/*
 * Ring, drain and recovery as a model for spin: threads that log, the consumer, a sink's thread,
 * and in every state what would be found if the process were killed there. tests/model/run checks
 * it.
 *
 * A step is one access to memory that others share. A store goes into the buffer of its thread and
 * reaches memory later, by a process of its own: the oldest whenever it likes, a relaxed one also
 * before older ones to other places, a release one only when all older ones have. So stores may be
 * delayed and pass each other as the language allows, which is more than x86-64 does. Loads are
 * made where they stand; a mutant that weakens one makes it elsewhere.
 *
 * Every record is one slot that holds its thread and its position. It is promised from when the
 * head behind it has reached memory: a thread stops between two instructions, so a call that has
 * returned has done that. Sinks never fail; lines, not bytes, are written, but a line may be half
 * written. Time is left out: any ring may be read next.
 */

/* ---- Scenarios: how many of what. ------------------------------------------------------------ */

#define kill 1    /* one ring, a sink with a thread and one that gets few lines and has none; killed */
#define reuse 2   /* a thread after another in the same ring; killed */
#define rings 3   /* two threads at once; killed */
#define life 4    /* as kill, but nobody is: no call waits for ever, and all is written */
#define retire 5  /* as reuse, but nobody is killed */
#define flush 6   /* two threads that flush, and a consumer that sleeps until it is told */
#define batches 7 /* as kill, with room for the ends of two batches only; killed */
#define drop 8    /* threads that drop instead of waiting */

#ifndef SCENARIO
#define SCENARIO kill
#endif
#define is_killed \
  (SCENARIO == kill || SCENARIO == reuse || SCENARIO == rings || SCENARIO == batches)
#if SCENARIO == batches
#define ENDS 2
#else
#define ENDS 3 /* most_batches: places for the ends of batches */
#endif
#if SCENARIO == kill || SCENARIO == life || SCENARIO == batches
#define RINGS 1
#define THREADS 1
#define RECORDS 5 /* a thread */
#define SINKS 2
#elif SCENARIO == reuse || SCENARIO == retire
#define RINGS 1
#define THREADS 2
#define RECORDS 2
#define SINKS 1
#elif SCENARIO == drop
#define RINGS 1
#define THREADS 2
#define RECORDS (5 - 4 * me) /* or drops */
#define SINKS 1
#else
#define RINGS 2
#define THREADS 2
#define RECORDS 1
#define SINKS 1
#endif
#define LINES 6 /* at most */

#include "mutants.pml"
#include "memory.pml"
#include "producer.pml"
#include "sink.pml"
#include "consumer.pml"
#include "recovery.pml"

/* ---- All of it. ------------------------------------------------------------------------------ */

/* Where this does not end, somebody waits for ever or something was not written. */
proctype end_of_run() {
  threads_done == THREADS;
#if SCENARIO != drop
  in_file[0] == THREADS * RECORDS;
#endif
#if SCENARIO != flush
  len(free_rings) == RINGS
#endif
}

init {
  byte i;
  atomic {
    memory[FIRST_BATCH] = 1;
    for (i : 0 .. RINGS - 1) { free_rings ! i }
    for (i : 0 .. THREADS - 1) { run producer(i) }
    for (i : 0 .. THREADS + 1) { run store_buffer(i) }
    run consumer();
    run writer();
#if is_killed
    run killer();
#else
    run end_of_run();
#endif
    i = 0
  }
}
