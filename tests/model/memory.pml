/* ---- Memory. --------------------------------------------------------------------------------- */

#define SLOTS 2 /* of a ring */
#define OPEN (MUTANT == one_batch_too_many -> ENDS : ENDS - 1)

#define WORDS (6 + ENDS + SLOTS)
#define HEAD(r) ((r) * WORDS)
#define TAIL(r) ((r) * WORDS + 1)
#define WAITING(r) ((r) * WORDS + 2)
#define CLOSED(r) ((r) * WORDS + 3)
#define DROPPED(r) ((r) * WORDS + 4)
#define THREAD(r) ((r) * WORDS + 5)
#define END(r, batch) ((r) * WORDS + 6 + (batch) % ENDS)
#define SLOT(r, at) ((r) * WORDS + 6 + ENDS + (at) % SLOTS)
#define FIRST_BATCH (RINGS * WORDS)
#define WRITTEN(s) (RINGS * WORDS + 1 + (s) * 3)
#define PLACE(s, batch) (RINGS * WORDS + 2 + (s) * 3 + (MUTANT == place_in_place -> 0 : (batch) % 2))
#define POSTED (RINGS * WORDS + 7)
#define DONE (RINGS * WORDS + 8)
#define WANTED (RINGS * WORDS + 9)
#define BATCH(batch) (RINGS * WORDS + 10 + (batch) % ENDS) /* behind its last line */
byte memory[RINGS * WORDS + 10 + ENDS];

#define BUFFER 3
#define RELAXED false
#define RELEASE true
typedef Buffer {
  byte stores;
  byte where[BUFFER];
  byte value[BUFFER];
  bool release[BUFFER];
};
#define CONSUMER THREADS
#define WRITER (THREADS + 1)
Buffer buffer[THREADS + 2];

#define OF buffer[actor]
#define is_drained(actor) (buffer[actor].stores == 0)
#define store(actor_, where_, value_, order_) \
  atomic { \
    buffer[actor_].stores < BUFFER; \
    buffer[actor_].where[buffer[actor_].stores] = where_; \
    buffer[actor_].value[buffer[actor_].stores] = value_; \
    buffer[actor_].release[buffer[actor_].stores] = order_; \
    buffer[actor_].stores++ \
  }

inline reaches_memory(actor, i) {
  memory[OF.where[i]] = OF.value[i];
  j = i + 1;
  do
  :: j < OF.stores ->
    OF.where[j - 1] = OF.where[j];
    OF.value[j - 1] = OF.value[j];
    OF.release[j - 1] = OF.release[j];
    j++
  :: else -> break
  od;
  OF.stores--;
  OF.where[OF.stores] = 0;
  OF.value[OF.stores] = 0;
  OF.release[OF.stores] = false;
  j = 0
}

proctype store_buffer(byte actor) {
  byte j;
end:
  do
  :: d_step { OF.stores > 0 -> reaches_memory(actor, 0) }
  :: d_step { OF.stores > 1 && !OF.release[1] && OF.where[1] != OF.where[0] ->
      reaches_memory(actor, 1) }
  :: d_step { OF.stores > 2 && !OF.release[2] && OF.where[2] != OF.where[0] &&
              OF.where[2] != OF.where[1] -> reaches_memory(actor, 2) }
  od
}

/* ---- What is not memory: queues, futexes, files; and what only assertions know. ---------------- */

chan new_rings = [RINGS] of { byte };
chan free_rings = [RINGS] of { byte };
chan commands = [THREADS] of { byte };
bool replied[THREADS];
bool asleep[RINGS];       /* a producer, on waiting */
bool consumer_waits;      /* on done */
bool consumer_sleeps;     /* on wakes */
byte wakes;
byte threads_done;

/* Rendered lines in order. A sink's file holds a prefix of those that go its way. */
byte line_ring[LINES];
byte line_at[LINES];
byte lines;
byte in_file[SINKS];  /* so many lines */
bool half[SINKS];     /* and half of the next */
byte in_file_of[SINKS * RINGS]; /* position behind the last line of that ring */

/* The second sink gets few lines. Two neighbours look the same. */
#define goes_to(s, at) (s == 0 || (at) == 0 || (at) == 4)
#define looks(at) ((at) == 2 -> 1 : (at))

/* What a slot holds: a record, or the note "so many dropped". */
#define RECORD(thread, at) ((thread) * 16 + (at) + 1)
#define NOTE 128
byte dropped_before[2 * LINES]; /* a record: how many drops were before it */

/* A system call that took effect: who is killed behind it has made the stores before it, for a
 * thread stops between two instructions, and no compiler moves a store across the call. */
#define system_call(actor) is_drained(actor)
