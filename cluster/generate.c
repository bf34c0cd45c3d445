// SPDX-License-Identifier: Apache-2.0
#include "cluster/generate.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "cluster/lead.h"
#include "cluster/progress.h"
#include "cluster/startup.h"

// Other ranks' letters are looked for this often; alone there are none.
enum { NAP_RANKS_MS = 4, NAP_ALONE_MS = 100 };

typedef struct launch {
  const cluster_request *request;
  const cluster_maker *maker;
  cluster_spawner spawner;
  cluster_mail *mail;
  cluster_rank rank;
  cluster_start start;
  cluster_lock *lock;
  cluster_lead *lead; // rank 0's
  bool goes_on;       // a failure that the same command may not meet again
} launch;

static bool is_first(const launch *l) {
  return cluster_mail_rank(l->mail) == 0;
}

// Stop signals are read when it suits instead of striking anywhere.
static status catch_signals(launch *l, trouble *why) {
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGINT);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGUSR2);
  sigprocmask(SIG_BLOCK, &stops, NULL);
  l->rank.signals = signalfd(-1, &stops, SFD_CLOEXEC | SFD_NONBLOCK);
  return l->rank.signals < 0 ? trouble_set(why, STATUS_IO, "no signalfd") : STATUS_OK;
}

// False when it doesn't fit.
static bool copy_text(char *out, size_t size, const char *text) {
  size_t length = text ? strlen(text) : 0;
  if (length >= size)
    return false;
  memcpy(out, text ? text : "", length + 1);
  return true;
}

static status find_place(launch *l, trouble *why) {
  cluster_place *place = &l->rank.place;
  place->local_rank = cluster_mail_local_rank(l->mail);
  place->local_ranks = cluster_mail_local_size(l->mail);
  if (!copy_text(place->device, sizeof place->device, l->request->device))
    return trouble_set(why, STATUS_RANGE, "--device: too long");
  if (!copy_text(place->output, sizeof place->output, l->request->output))
    return trouble_set(why, STATUS_RANGE, "-o: too long");
  return STATUS_OK;
}

// All ranks hear of the worst failure of any, and go on or leave together. The text
// of the rank that failed is in `why` on all.
static status agree(launch *l, status mine, trouble *why) {
  int rank;
  int worst = cluster_mail_worst(l->mail, (int)mine, &rank);
  if (worst) {
    cluster_mail_tell(l->mail, rank, why->text, sizeof why->text);
    l->goes_on = worst == STATUS_STOPPED || cluster_mail_worst(l->mail, l->rank.lost, NULL);
  }
  why->code = (status)worst;
  return (status)worst;
}

static status open_device(launch *l, trouble *why) {
  cluster_worker_answer answer;
  status result = cluster_rank_ready(&l->rank, WORD_OPEN, WORD_OPENED, &answer, sizeof answer, why);
  if (!result && answer.why.code) {
    *why = answer.why;
    result = answer.why.code;
  }
  if (!result)
    memcpy(l->rank.device, answer.record.device, sizeof l->rank.device);
  return result;
}

static status prepare(launch *l, trouble *why) {
  status result = STATUS_OK;
  if (is_first(l))
    result = cluster_start_plan(&l->rank, l->request, l->maker, &l->start, why);
  if ((result = agree(l, result, why)))
    return result;
  if (cluster_mail_worst(l->mail, l->start.complete, NULL)) {
    l->start.complete = true;
    return STATUS_OK;
  }
  if ((result = agree(l, cluster_start_share(&l->rank, why), why)))
    return result;
  // A new dataset's folder is made when every rank has a device that works.
  bool open = cluster_mail_worst(l->mail, l->start.folder == FOLDER_NEW && is_first(l), NULL);
  if ((result = agree(l, open ? open_device(l, why) : STATUS_OK, why)))
    return result;
  if (is_first(l))
    result = cluster_start_folder(&l->rank, &l->start, &l->lock, why);
  if ((result = agree(l, result, why)))
    return result;
  result = cluster_start_files(&l->rank, why);
  if (!result && is_first(l))
    result = cluster_lead_create(&l->lead, &l->rank, l->request, l->maker, l->lock, l->start.frames,
                                 why);
  return agree(l, result, why);
}

static bool for_a_rank(const cluster_letter *letter) {
  return letter->kind == MAIL_LEASE || letter->kind == MAIL_CANCEL || letter->kind == MAIL_END;
}

static void take_letters(launch *l) {
  cluster_letter letter;
  while (cluster_mail_take(l->mail, &letter))
    if (for_a_rank(&letter))
      cluster_rank_letter(&l->rank, &letter);
    else if (l->lead)
      cluster_lead_letter(l->lead, &letter);
}

static void send_word(launch *l, cluster_mail_kind kind, int code) {
  cluster_letter letter;
  memset(&letter, 0, sizeof letter);
  letter.kind = kind;
  letter.code = code;
  cluster_mail_send(l->mail, 0, &letter);
}

static cluster_end work(launch *l) {
  cluster_event(l->rank.events, "launch", -1, l->rank.device);
  int nap_ms = cluster_mail_size(l->mail) > 1 ? NAP_RANKS_MS : NAP_ALONE_MS;
  cluster_rank_ask_for_work(&l->rank);
  while (!l->rank.ended) {
    int number = cluster_rank_signal(&l->rank);
    if (number)
      send_word(l, MAIL_STOP, number);
    cluster_rank_look(&l->rank);
    take_letters(l);
    if (l->lead)
      cluster_lead_tick(l->lead);
    take_letters(l); // what the two just said to each other
    if (!l->rank.ended)
      cluster_rank_sleep(&l->rank, nap_ms);
  }
  cluster_rank_drop(&l->rank);
  cluster_event(l->rank.events, "end", -1, NULL);
  if (!l->lead)
    send_word(l, MAIL_BYE, 0);
  while (l->lead && !cluster_lead_alone(l->lead)) {
    take_letters(l);
    usleep(1000);
  }
  if (l->lead)
    cluster_lead_farewell(l->lead);
  return (cluster_end)l->rank.end_code;
}

static cluster_end fail(const launch *l, const trouble *why) {
  if (is_first(l) && l->goes_on)
    log_line(LOG_ERROR, "%s. To go on: %s", why->text, l->request->command);
  else if (is_first(l))
    log_line(LOG_ERROR, "%s", why->text);
  if (why->code == STATUS_NO_SPACE)
    return END_NO_SPACE;
  return why->code == STATUS_STOPPED ? END_STOPPED : END_TROUBLE;
}

static cluster_end run(launch *l) {
  trouble why = {.text = ""};
  if (agree(l, find_place(l, &why), &why) || prepare(l, &why))
    return fail(l, &why);
  if (!l->start.complete)
    return work(l);
  if (is_first(l))
    printf("%s: complete already, nothing to do\nroot hash %s\n", l->request->output,
           l->start.root_hash);
  fflush(stdout);
  return END_DONE;
}

static void clean_up(launch *l) {
  cluster_rank_end_worker(&l->rank);
  cluster_spawner_stop(&l->spawner);
  cluster_journal_close(&l->rank.journal);
  if (l->rank.events >= 0)
    close(l->rank.events);
  if (l->lock)
    cluster_folder_sweep(l->request->output, NULL);
  cluster_lead_destroy(l->lead);
  cluster_lock_release(l->lock);
  cluster_units_free(&l->rank.units);
  cluster_job_free(&l->rank.job);
  close(l->rank.signals);
}

cluster_end cluster_generate(const cluster_request *request, const cluster_maker *maker) {
  launch *l = calloc(1, sizeof *l);
  trouble why = {.text = ""};
  if (!l) {
    log_line(LOG_ERROR, "no memory");
    return END_TROUBLE;
  }
  const char *hang = getenv("ROADLOOM_HANG_S");
  l->request = request;
  l->maker = maker;
  l->rank = (cluster_rank){.output = request->output,
                           .events = -1,
                           .journal = {.fd = -1},
                           .wire = {.fd = -1},
                           .hang_s = hang && atof(hang) > 0 ? atof(hang) : RANK_HANG_S};
  cluster_end result = END_TROUBLE;
  if (catch_signals(l, &why) ||
      cluster_spawner_start(&l->spawner, cluster_worker_run, (void *)maker, &why) ||
      cluster_mail_open(&l->mail, &why)) {
    log_line(LOG_ERROR, "%s", why.text);
    cluster_spawner_stop(&l->spawner);
    free(l);
    return result;
  }
  l->rank.mail = l->mail;
  l->rank.spawner = &l->spawner;
  result = run(l);
  clean_up(l);
  cluster_mail_close(l->mail);
  free(l);
  return result;
}
