/* Preloaded into benchhost-worker: counts what happens between the two readings of the clock around run.
 *
 * How a window is found without any help of the worker's: measure::BatchRunner reads the process's CPU time last before
 * the timed region (clock_gettime(CLOCK_PROCESS_CPUTIME_ID), on the control thread) and first of all calls of that
 * clock after it; the worker's clock is CLOCK_MONOTONIC. So after an odd reading of CPU time the next reading of
 * CLOCK_MONOTONIC of that thread opens the window, at its return, and the one after it closes it, at its entry. That
 * these are the right windows is not taken on trust: the time between the two readings is written out for each, and the
 * caller compares it with the wall times in the database, which must be the same numbers in the same order.
 *
 * Counted while a window is open, on every thread: calls of the allocator (operator new ends there too), calls that
 * lock or wait, page faults of the process (getrusage, asked outside the window). System calls are not seen here: with
 * BENCHHOST_PROBE_MARK=1 the probe makes a call that nobody else makes at each edge of a window, getpgid(0x6f70) and
 * getpgid(0x636c), so that strace shows what lies between the two.
 *
 * With BENCHHOST_PROBE_WAIT=1 the kernel is asked at each edge, outside the window, how long the thread has waited for
 * a CPU so far.
 *
 * Written at exit to $BENCHHOST_PROBE_DIR/PID, a line a window: "wall_ns allocations frees locks faults begin_ns
 * waited_ns" (waited_ns is -1 where nobody asked). Only of processes that had a window. A window that the plugin cut by
 * reading CLOCK_MONOTONIC itself shows as a wall time that is not the database's. */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MAX_WINDOWS = 1 << 18, MARK_OPEN = 0x6f70, MARK_CLOSE = 0x636c };

typedef struct {
  int64_t wall_ns, begin_ns, waited_ns;
  uint32_t allocations, frees, locks, faults;
} window_t;

static window_t windows[MAX_WINDOWS];
static uint32_t window_count;

static atomic_int is_open;
static atomic_uint allocations, frees, locks;

/* Of the thread that reads CPU time: only one does. */
static _Thread_local int cpu_reads;
static _Thread_local int armed;
static _Thread_local int64_t begin_ns;
static _Thread_local uint32_t faults_before;
static _Thread_local int64_t waited_before;

static int (*real_clock_gettime)(clockid_t, struct timespec*);
static int marks;
static int asks_wait;
static const char* folder;

extern void* __libc_malloc(size_t);
extern void* __libc_calloc(size_t, size_t);
extern void* __libc_realloc(void*, size_t);
extern void* __libc_memalign(size_t, size_t);
extern void __libc_free(void*);

static void count(atomic_uint* counter) {
  if (atomic_load_explicit(&is_open, memory_order_relaxed)) atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static uint32_t faults(void) {
  struct rusage use;
  syscall(SYS_getrusage, RUSAGE_SELF, &use);
  return (uint32_t)(use.ru_minflt + use.ru_majflt);
}

/* ns that the calling thread was ready and had no CPU; -1: not told. */
static int64_t waited(void) {
  char text[128];
  long long on_cpu, waiting;
  long size;
  int file;
  if (!asks_wait) return -1;
  file = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  size = (long)read(file, text, sizeof text - 1);
  close(file);
  if (size <= 0) return -1;
  text[size] = '\0';
  return sscanf(text, "%lld %lld", &on_cpu, &waiting) == 2 ? (int64_t)waiting : -1;
}

static void resolve(void) {
  if (real_clock_gettime == NULL) *(void**)&real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
}

__attribute__((constructor)) static void start(void) {
  const char* mark = getenv("BENCHHOST_PROBE_MARK");
  resolve();
  marks = mark != NULL && mark[0] == '1';
  mark = getenv("BENCHHOST_PROBE_WAIT");
  asks_wait = mark != NULL && mark[0] == '1';
  folder = getenv("BENCHHOST_PROBE_DIR");
}

__attribute__((destructor)) static void finish(void) {
  char path[4096];
  FILE* file;
  uint32_t i;
  if (window_count == 0 || folder == NULL) return;
  snprintf(path, sizeof path, "%s/%ld", folder, (long)getpid());
  file = fopen(path, "w");
  if (file == NULL) return;
  for (i = 0; i < window_count; ++i) {
    const window_t* w = &windows[i];
    fprintf(file, "%lld %u %u %u %u %lld %lld\n", (long long)w->wall_ns, w->allocations, w->frees, w->locks, w->faults,
            (long long)w->begin_ns, (long long)w->waited_ns);
  }
  fclose(file);
}

static int64_t to_ns(const struct timespec* t) { return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec; }

static void open_window(int64_t now_ns) {
  begin_ns = now_ns;
  atomic_store(&allocations, 0);
  atomic_store(&frees, 0);
  atomic_store(&locks, 0);
  atomic_store(&is_open, 1);
}

static void close_window(int64_t now_ns) {
  atomic_store(&is_open, 0);
  if (marks) syscall(SYS_getpgid, MARK_CLOSE);
  if (window_count < MAX_WINDOWS) {
    window_t* w = &windows[window_count++];
    const int64_t now_waited = waited();
    w->wall_ns = now_ns - begin_ns;
    w->begin_ns = begin_ns;
    w->waited_ns = now_waited < 0 || waited_before < 0 ? -1 : now_waited - waited_before;
    w->allocations = atomic_load(&allocations);
    w->frees = atomic_load(&frees);
    w->locks = atomic_load(&locks);
    w->faults = faults() - faults_before;
  }
}

int clock_gettime(clockid_t id, struct timespec* now) {
  resolve();
  if (id == CLOCK_PROCESS_CPUTIME_ID) {
    const int result = real_clock_gettime(id, now);
    armed = ++cpu_reads % 2;
    return result;
  }
  if (id != CLOCK_MONOTONIC || armed == 0) return real_clock_gettime(id, now);
  if (armed == 1) {
    int result;
    faults_before = faults();
    waited_before = waited();
    if (marks) syscall(SYS_getpgid, MARK_OPEN);
    result = real_clock_gettime(id, now);
    armed = 2;
    open_window(to_ns(now));
    return result;
  } else {
    const int result = real_clock_gettime(id, now);
    armed = 0;
    close_window(to_ns(now));
    return result;
  }
}

/* ---- the allocator ---- */

void* malloc(size_t size) { return count(&allocations), __libc_malloc(size); }
void* calloc(size_t number, size_t size) { return count(&allocations), __libc_calloc(number, size); }
void* realloc(void* old, size_t size) { return count(&allocations), __libc_realloc(old, size); }
void* memalign(size_t alignment, size_t size) { return count(&allocations), __libc_memalign(alignment, size); }
void* aligned_alloc(size_t alignment, size_t size) { return count(&allocations), __libc_memalign(alignment, size); }
int posix_memalign(void** result, size_t alignment, size_t size) {
  count(&allocations);
  *result = __libc_memalign(alignment, size);
  return *result == NULL ? 12 : 0; /* ENOMEM */
}
void free(void* memory) {
  count(&frees);
  __libc_free(memory);
}

/* ---- what locks or waits ---- */

#define FORWARD(name, parameters, arguments)                    \
  int name parameters {                                         \
    static int(*real) parameters;                               \
    if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, #name); \
    count(&locks);                                              \
    return real arguments;                                      \
  }

FORWARD(pthread_mutex_lock, (pthread_mutex_t * m), (m))
FORWARD(pthread_mutex_trylock, (pthread_mutex_t * m), (m))
FORWARD(pthread_mutex_timedlock, (pthread_mutex_t * m, const struct timespec* t), (m, t))
FORWARD(pthread_rwlock_rdlock, (pthread_rwlock_t * m), (m))
FORWARD(pthread_rwlock_wrlock, (pthread_rwlock_t * m), (m))
FORWARD(pthread_spin_lock, (pthread_spinlock_t * m), (m))
FORWARD(pthread_cond_wait, (pthread_cond_t * c, pthread_mutex_t* m), (c, m))
FORWARD(pthread_cond_timedwait, (pthread_cond_t * c, pthread_mutex_t* m, const struct timespec* t), (c, m, t))
FORWARD(pthread_barrier_wait, (pthread_barrier_t * b), (b))
FORWARD(sem_wait, (sem_t * s), (s))
FORWARD(sem_timedwait, (sem_t * s, const struct timespec* t), (s, t))
