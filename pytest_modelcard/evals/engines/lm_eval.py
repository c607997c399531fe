"""Log-likelihood tasks of lm-eval, item by item in our order (extra `lm-eval`).

Items are built, asked and scored by lm-eval's own task objects, a small chunk at a time. Its `samples=` argument is
not used: it returns items in the data's order and labels them by position in the list that was asked for, so that
indices in another order come back under wrong numbers, and it goes through all items for every chunk.
"""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import metadata
from itertools import islice
from typing import Any

from ...errors import CannotTell
from ..address import base_url
from ..endpoint import Endpoint, Lost
from ..engine import MAX_KEPT, Description, ItemResult, Target
from ..harnesses import completed
from ..pool import Loop
from ..sequential import Outcome
from ..tasks import Task
from .lm_eval_task import Loaded, load, one_line, outcome

#: Items that fail one after the other, none having come: then it is not the items.
HOPELESS = 5
#: Longer prompts are cut silently by lm-eval; the endpoint's own refusal is better.
MAX_LENGTH = 131_072
#: Examples before a question are drawn by item, so that they do not depend on the order of asking.
SEED = 1234
PROBE = "The capital of France is"


class LmEvalEngine:
    """One task of lm-eval asked of an endpoint that returns log-probabilities of the prompt, or of a local model.

    `task.options`: `task` ("mmlu", "arc_challenge"), `folder` of its definition, `metric` ("acc", "acc_norm",
    "exact_match"), `filter`, `chat_template` (false), `tokenizer` (a folder or Hub id; else the endpoint's own),
    `batch` of a local model, `device`.
    """

    name = "lm-eval"

    def __init__(
        self,
        task: Task,
        target: Target,
        *,
        key: str | None = None,
        at_once: int = 8,
        settings: Mapping[str, Any] | None = None,
        time_up: Callable[[], bool] = lambda: False,
    ) -> None:
        """settings: keys of a generation (temperature, max_tokens), for tasks that generate."""
        if target.url is None and target.path is None:
            raise CannotTell("lm-eval asks an endpoint or a local model: give --modelcard-endpoint or -model")
        task = completed(task)
        self._task, self._target, self._key = task, target, key
        self._at_once, self._time_up, self._task_name = max(1, at_once), time_up, str(task.options["task"])
        self._settings = dict(settings or {})
        self._metric = str(task.options.get("metric") or "acc")
        self._loaded: Loaded | None = None
        self._model: Any = None

    # --- the interface

    def items(self) -> int:
        return self._tasks().items

    def describe(self) -> Description:
        loaded, options = self._tasks(), self._task.options
        config = loaded.tasks[0].config
        shots = sorted({int(t.get_config("num_fewshot") or 0) for t in loaded.tasks})
        return Description(
            engine=self.name,
            version=f"lm-eval {_version('lm_eval')}",
            task=self._task_name,
            dataset=str(config.dataset_path or self._task_name),
            revision=self._task.revision or loaded.revision,
            model=self._target.served or self._target.id,
            settings={
                **self._settings,
                "metric": self._metric,
                "filter": options.get("filter"),
                "shots": shots[0] if len(shots) == 1 else shots,
                "chat_template": bool(options.get("chat_template")),
                "output": str(config.output_type),
                "seed": SEED,
            },
        )

    def run(self, indices: Iterable[int]) -> Iterator[ItemResult]:
        self._tasks()
        self._open()
        left, failed, came = iter(indices), 0, False
        while not self._time_up():
            chunk = list(islice(left, self._at_once))
            if not chunk:
                return
            for result in self._chunk(chunk):
                came |= not result.outcome.missing
                failed = failed + 1 if result.outcome.missing else 0
                yield result
                if failed >= HOPELESS and not came:
                    raise CannotTell(f"lm-eval gets no answer for {self._task_name}: {result.error}")

    # --- a chunk of items

    def _chunk(self, indices: list[int]) -> list[ItemResult]:
        try:
            return self._asked(indices)
        except CannotTell:
            raise
        except Exception as error:  # of lm-eval, a task's own code or the model
            if len(indices) > 1:  # one bad item shall not cost the others
                return [result for index in indices for result in self._chunk([index])]
            return [ItemResult(indices[0], Outcome.not_had(), error=one_line(error))]

    def _asked(self, indices: list[int]) -> list[ItemResult]:
        built = [self._requests(index) for index in indices]
        by_kind: dict[str, list[Any]] = {}
        for _, _, instances in built:
            for instance in instances:
                by_kind.setdefault(instance.request_type, []).extend([instance] * instance.repeats)
        for kind, requests in by_kind.items():
            answers = getattr(self._model, kind)(requests, disable_tqdm=True)
            for request, answer in zip(requests, answers, strict=True):
                request.resps.append(answer)
        return [
            self._result(index, task, document, instances)
            for index, (task, document, instances) in zip(indices, built, strict=True)
        ]

    def _requests(self, index: int) -> tuple[Any, Any, list[Any]]:
        task, document = self._tasks().place(index)
        task.set_fewshot_seed(seed=SEED + index)
        chat = bool(self._task.options.get("chat_template"))
        template = self._model.apply_chat_template if chat else None
        context = task.fewshot_context(
            document,
            num_fewshot=task.get_config("num_fewshot"),
            apply_chat_template=chat,
            chat_template=template,
            gen_prefix=task.doc_to_prefix(document),
        )
        instances = task.construct_requests(
            doc=document,
            ctx=context,
            metadata=(task.config["task"], index, task.config.repeats),
            apply_chat_template=chat,
            chat_template=template,
        )
        instances = instances if isinstance(instances, list) else [instances]
        for instance in instances:
            if instance.request_type == "generate_until" and self._settings:
                instance.arguments = (instance.args[0], {**instance.args[1], **self._settings})
        return task, document, instances

    def _result(self, index: int, task: Any, document: Any, instances: list[Any]) -> ItemResult:
        task._instances = instances
        task.apply_filters()
        name = self._task.options.get("filter")
        found, said, met = outcome(task, document, instances, self._metric, name)
        texts = [r for i in instances for r in i.resps if isinstance(r, str)]
        return ItemResult(
            index=index,
            outcome=found,
            calls=sum(i.repeats for i in instances),
            answers=tuple(t[:MAX_KEPT] for t in texts),
            read=(said,) if texts else (),
            error=met,
        )

    # --- what is loaded once

    def _tasks(self) -> Loaded:
        if self._loaded is None:
            self._loaded = load(
                self._task_name, folder=self._task.options.get("folder"), shots=self._task.shots
            )
        return self._loaded

    def _open(self) -> None:
        if self._model is not None:
            return
        logging.getLogger("lm_eval").setLevel(logging.ERROR)
        if self._target.url is not None:
            if any(t.OUTPUT_TYPE != "generate_until" for t in self._tasks().tasks):
                check_echo(self._target.url, self._target.served or self._target.id, self._key)
            self._model = self._remote(self._target.url)
        else:
            self._model = self._local()

    def _remote(self, url: str) -> Any:
        from lm_eval.models.openai_completions import LocalCompletionsAPI

        tokenizer = self._task.options.get("tokenizer")
        try:
            return LocalCompletionsAPI(
                base_url=f"{base_url(url)}/completions",
                model=self._target.served or self._target.id,
                tokenizer_backend="huggingface" if tokenizer else "auto",
                tokenizer=tokenizer,
                num_concurrent=self._at_once,
                max_length=MAX_LENGTH,
                max_retries=6,
                timeout=600,
                # the header is given, so that lm-eval does not take a key from the environment by itself
                header={"Authorization": f"Bearer {self._key or 'none'}"},
            )
        except Exception as error:
            raise CannotTell(
                f"lm-eval needs the model's tokenizer (option tokenizer): {one_line(error)}"
            ) from error

    def _local(self) -> Any:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        try:
            importlib.import_module("torch")
            from lm_eval.models.huggingface import HFLM
        except ImportError as error:
            raise CannotTell(
                f"a local model needs {error.name}: install pytest-modelcard[lm-eval] and torch, transformers"
            ) from error
        options = self._task.options
        device = str(options.get("device") or _device())
        # a batch is padded to its longest prompt, which a CPU pays for and nothing makes good
        batch = int(options.get("batch") or (1 if device == "cpu" else 8))
        try:
            return HFLM(
                pretrained=str(self._target.path),
                batch_size=batch,
                device=device,
                trust_remote_code=False,
            )
        except Exception as error:
            raise CannotTell(f"the local model cannot be loaded: {one_line(error)}") from error


def _device() -> str:
    torch = importlib.import_module("torch")
    return "cuda" if torch.cuda.is_available() else "cpu"


def check_echo(url: str, model: str, key: str | None) -> None:
    """Raises CannotTell unless the endpoint returns log-probabilities of the prompt itself."""
    body = {"model": model, "prompt": PROBE, "max_tokens": 1, "temperature": 0, "logprobs": 1, "echo": True}
    endpoint, loop = Endpoint(url, key=key), Loop("modelcard-probe")
    try:
        reply = loop.call(endpoint.post("/completions", body))
    except Lost as error:
        raise CannotTell(f"{endpoint.host} gives no log-probabilities of a prompt: {error}") from error
    finally:
        loop.close(endpoint.close)
    if not echoes(reply):
        raise CannotTell(
            f"{endpoint.host} gives no log-probabilities of the prompt (echo with logprobs): vLLM does, llama.cpp does "
            "not; ask it a generative task, or run the model itself with --modelcard-model"
        )


def echoes(reply: Any) -> bool:
    try:
        choice = reply["choices"][0]
        values = choice["logprobs"]["token_logprobs"]
        return bool(choice["text"].startswith(PROBE)) and len(values) >= 5 and values[1] is not None
    except (KeyError, IndexError, TypeError, AttributeError):
        return False


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "?"
