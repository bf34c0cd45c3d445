// SPDX-License-Identifier: Apache-2.0
#include "cluster/mail.h"

#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"

enum { MAIL_TAG = 7 };

struct cluster_mail {
  bool mpi;
  int rank, size, local_rank, local_size;
  cluster_letter *own; // (own_count) letters to itself, oldest first
  int own_count, own_capacity;
};

// mpirun, mpiexec and srun leave one of these.
static bool launched_by_mpi(void) {
  return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMIX_RANK") || getenv("PMI_RANK");
}

static int from_environment(const char *name, int otherwise) {
  const char *text = getenv(name);
  return text ? atoi(text) : otherwise;
}

static void find_neighbours(cluster_mail *mail) {
  mail->local_rank = from_environment("OMPI_COMM_WORLD_LOCAL_RANK", -1);
  mail->local_size = from_environment("OMPI_COMM_WORLD_LOCAL_SIZE", -1);
  if (mail->local_rank >= 0 && mail->local_size > mail->local_rank)
    return;
  MPI_Comm here;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here);
  MPI_Comm_rank(here, &mail->local_rank);
  MPI_Comm_size(here, &mail->local_size);
  MPI_Comm_free(&here);
}

status cluster_mail_open(cluster_mail **out, trouble *why) {
  cluster_mail *mail = calloc(1, sizeof *mail);
  *out = mail;
  if (!mail)
    return trouble_set(why, STATUS_MEMORY, "no memory for messages");
  mail->size = mail->local_size = 1;
  mail->mpi = launched_by_mpi();
  if (!mail->mpi)
    return STATUS_OK;
  if (MPI_Init(NULL, NULL) != MPI_SUCCESS) {
    free(mail);
    *out = NULL;
    return trouble_set(why, STATUS_INTERNAL, "MPI_Init failed");
  }
  MPI_Comm_rank(MPI_COMM_WORLD, &mail->rank);
  MPI_Comm_size(MPI_COMM_WORLD, &mail->size);
  find_neighbours(mail);
  return STATUS_OK;
}

void cluster_mail_close(cluster_mail *mail) {
  if (!mail)
    return;
  if (mail->mpi)
    MPI_Finalize();
  free(mail->own);
  free(mail);
}

int cluster_mail_rank(const cluster_mail *mail) {
  return mail->rank;
}
int cluster_mail_size(const cluster_mail *mail) {
  return mail->size;
}
int cluster_mail_local_rank(const cluster_mail *mail) {
  return mail->local_rank;
}
int cluster_mail_local_size(const cluster_mail *mail) {
  return mail->local_size;
}

void cluster_mail_send(cluster_mail *mail, int to, cluster_letter *letter) {
  letter->from = mail->rank;
  if (to != mail->rank) {
    MPI_Send(letter, (int)sizeof *letter, MPI_BYTE, to, MAIL_TAG, MPI_COMM_WORLD);
    return;
  }
  if (!ARRAY_RESERVE(mail->own, mail->own_capacity, mail->own_count + 1))
    abort(); // a few kilobytes: nothing sensible is left to do
  mail->own[mail->own_count++] = *letter;
}

bool cluster_mail_take(cluster_mail *mail, cluster_letter *out) {
  if (mail->own_count > 0) {
    *out = mail->own[0];
    mail->own_count--;
    memmove(mail->own, mail->own + 1, (size_t)mail->own_count * sizeof *mail->own);
    return true;
  }
  if (mail->size == 1)
    return false;
  int there = 0;
  MPI_Status about;
  MPI_Iprobe(MPI_ANY_SOURCE, MAIL_TAG, MPI_COMM_WORLD, &there, &about);
  if (!there)
    return false;
  MPI_Recv(out, (int)sizeof *out, MPI_BYTE, about.MPI_SOURCE, MAIL_TAG, MPI_COMM_WORLD,
           MPI_STATUS_IGNORE);
  return true;
}

// MPI's own waiting burns a core that a worker could use.
static void wait_quietly(MPI_Request *request) {
  int done = 0;
  const struct timespec nap = {.tv_nsec = 1000000};
  for (MPI_Test(request, &done, MPI_STATUS_IGNORE); !done;
       MPI_Test(request, &done, MPI_STATUS_IGNORE))
    nanosleep(&nap, NULL);
}

static void share(void *bytes, size_t size, int from) {
  const size_t piece = (size_t)1 << 28;
  for (size_t at = 0; at < size; at += piece) {
    MPI_Request request;
    int count = (int)(size - at < piece ? size - at : piece);
    MPI_Ibcast((char *)bytes + at, count, MPI_BYTE, from, MPI_COMM_WORLD, &request);
    wait_quietly(&request);
  }
}

status cluster_mail_share(cluster_mail *mail, void **bytes, size_t *size, trouble *why) {
  if (mail->size == 1)
    return STATUS_OK;
  uint64_t count = *size;
  share(&count, sizeof count, 0);
  *size = (size_t)count;
  bool full = false;
  if (mail->rank != 0) {
    *bytes = malloc(*size + 1);
    full = !*bytes;
  }
  if (cluster_mail_worst(mail, full, NULL)) // all leave together or none
    return trouble_set(why, STATUS_MEMORY, "a rank has no memory for the job");
  share(*bytes, *size, 0);
  return STATUS_OK;
}

int cluster_mail_worst(cluster_mail *mail, int value, int *rank) {
  struct {
    int value, rank;
  } mine = {value, mail->rank}, worst = mine;
  if (mail->size > 1) {
    MPI_Request request;
    MPI_Iallreduce(&mine, &worst, 1, MPI_2INT, MPI_MAXLOC, MPI_COMM_WORLD, &request);
    wait_quietly(&request);
  }
  if (rank)
    *rank = worst.rank;
  return worst.value;
}

void cluster_mail_tell(cluster_mail *mail, int from, char *text, size_t size) {
  if (mail->size > 1)
    share(text, size, from);
}
