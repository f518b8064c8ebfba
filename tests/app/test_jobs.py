"""Long work: walked on a thread, delivered on the main thread, newest step only, silent once
cancelled."""

from __future__ import annotations

import sys
import threading
import weakref

import pytest

from app.jobs import Jobs
from projector.errors import NothingToShow, Stopped
from projector.progress import Progress


@pytest.fixture
def jobs(qtbot):
    jobs = Jobs()
    yield jobs
    jobs.close()


def count_to(n, gate=None):
    for i in range(n):
        if gate is not None:
            gate.wait(5)
        yield Progress(i / n, f"{i}")
    return n


def test_the_result_arrives_on_the_main_thread(jobs, qtbot):
    arrived = []
    jobs.run(
        "a",
        "Counting",
        count_to(3),
        on_done=lambda n: arrived.append((n, threading.current_thread())),
    )
    qtbot.waitUntil(lambda: bool(arrived))
    assert arrived == [(3, threading.main_thread())]


def test_the_body_runs_on_another_thread(jobs, qtbot):
    seen, done = [], []

    def body():
        seen.append(threading.current_thread())
        yield Progress(0.0)

    jobs.run("a", "Looking", body(), on_done=done.append)
    qtbot.waitUntil(lambda: bool(done))
    assert seen[0] is not threading.main_thread()


def test_a_slow_view_gets_the_newest_step_and_not_all(jobs, qtbot):
    steps, done = [], []
    job = jobs.run("a", "Counting", count_to(5000), on_step=steps.append, on_done=done.append)
    job.thread_of_work.join(5)  # the event loop stands still meanwhile
    qtbot.waitUntil(lambda: bool(done))
    assert [step.note for step in steps] == ["4999"]


def test_a_newer_job_with_the_same_key_replaces_the_older(jobs, qtbot):
    gate, first, second = threading.Event(), [], []
    jobs.run("a", "Old", count_to(3, gate), on_step=first.append, on_done=first.append)
    jobs.run("a", "New", count_to(2), on_done=second.append)
    gate.set()
    qtbot.waitUntil(lambda: bool(second))
    assert (first, second) == ([], [2])


def test_a_cancelled_job_is_silent_even_if_steps_were_on_their_way(jobs, qtbot):
    heard = []
    job = jobs.run("a", "Counting", count_to(20), on_step=heard.append, on_done=heard.append)
    job.thread_of_work.join(5)
    job.cancel()
    qtbot.wait(20)
    assert heard == []
    assert jobs.running == ()


def test_cancelling_closes_the_generator(jobs, qtbot):
    closed, started = threading.Event(), threading.Event()

    def body():
        try:
            while True:
                started.set()
                yield Progress(None)
        finally:
            closed.set()

    job = jobs.run("a", "Forever", body(), on_done=lambda _: None)
    assert started.wait(5)
    job.cancel()
    assert closed.wait(5)


def test_bad_input_goes_to_the_one_who_asked(jobs, qtbot):
    def body():
        yield Progress(None)
        raise NothingToShow("Too few points.")

    heard = []
    jobs.run("a", "Failing", body(), on_done=heard.append, on_failed=heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    assert str(heard[0]) == "Too few points."


def test_bad_input_nobody_wants_becomes_a_signal(jobs, qtbot):
    def body():
        yield Progress(None)
        raise NothingToShow("Too few points.")

    with qtbot.waitSignal(jobs.failed) as caught:
        jobs.run("a", "Failing", body(), on_done=lambda _: None)
    assert str(caught.args[0]) == "Too few points."


def test_a_fault_of_ours_reaches_the_crash_handler(jobs, qtbot, monkeypatch):
    def body():
        yield Progress(None)
        raise ZeroDivisionError

    caught = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: caught.append(kind))
    jobs.run("a", "Breaking", body(), on_done=lambda _: None)
    qtbot.waitUntil(lambda: bool(caught))
    assert caught == [ZeroDivisionError]


def test_whoever_asked_hears_that_the_user_stopped_the_work(jobs):
    done, failed = [], []
    jobs.run("a", "Forever", count_to(10**9), on_done=done.append, on_failed=failed.append)
    jobs.stop_all()
    assert [type(error) for error in failed] == [Stopped]
    assert str(failed[0]) == "Forever was stopped."
    assert (jobs.running, done) == ((), [])


def test_a_job_whose_view_fails_ends(jobs, qtbot, monkeypatch):
    caught, done = [], []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: caught.append(kind))

    def draw(step):
        raise ZeroDivisionError

    jobs.run("a", "Drawing", count_to(3), on_step=draw, on_done=done.append)
    qtbot.waitUntil(lambda: bool(caught))
    assert caught == [ZeroDivisionError]
    assert jobs.running == ()


def test_an_ended_job_keeps_no_result(jobs, qtbot):
    class Large:
        """Something that weakref can follow."""

    def body():
        yield Progress(None)
        return Large()

    kept = []
    jobs.run("a", "Loading", body(), on_done=lambda large: kept.append(weakref.ref(large)))
    qtbot.waitUntil(lambda: bool(kept))
    assert kept[0]() is None


def test_progress_names_the_job_and_its_note(jobs, qtbot):
    gate, done = threading.Event(), []
    jobs.run("a", "Counting", count_to(2, gate), on_done=done.append)
    assert jobs.progress == Progress(None, "Counting")
    gate.set()
    qtbot.waitUntil(lambda: bool(done))
    assert jobs.progress is None


def test_closing_in_the_middle_of_work_leaves_no_thread(jobs):
    gate = threading.Event()
    job = jobs.run("a", "Forever", count_to(10**9), on_done=lambda _: None)
    gate.set()
    jobs.close()
    assert not job.thread_of_work.is_alive()


def test_after_closing_nothing_begins(jobs, qtbot):
    heard = []
    jobs.close()
    job = jobs.run("a", "Late", count_to(3), on_step=heard.append, on_done=heard.append)
    qtbot.wait(20)
    assert not job.is_running
    assert heard == []


def test_a_silent_job_is_shown_only_once_it_takes_long(jobs, qtbot, monkeypatch):
    gate, done = threading.Event(), []
    job = jobs.run("a", "Looking", count_to(2, gate), on_done=done.append, is_silent=True)
    assert jobs.running
    assert jobs.progress is None
    monkeypatch.setattr("app.jobs.SILENCE_MS", 0)
    assert jobs.shown == (job,)
    gate.set()
    qtbot.waitUntil(lambda: bool(done))


def test_a_silent_job_that_is_stopped_leaves_no_notice(jobs, qtbot, monkeypatch):
    monkeypatch.setattr("app.jobs.SILENCE_MS", 0)
    gate, failed = threading.Event(), []
    work = count_to(2, gate)
    jobs.run("a", "Looking", work, on_done=print, on_failed=failed.append, is_silent=True)
    jobs.stop_all()
    gate.set()
    assert (failed, jobs.running) == ([], ())
