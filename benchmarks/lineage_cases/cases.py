"""All cases: every way to make a release that the method must tell apart, honestly declared or not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from . import changing, merging
from .case import Case, Make
from .changing import State
from .merging import ONE_ROUNDING, PLAIN
from .training import load, save, train

BASE, CHAT, CODE, SUMS = "lab/base", "lab/chat", "lab/code", "lab/sums"
EARLY, LONG, OTHER = "lab/chat-early", "lab/chat-long", "other/base"
FAR, FAR_CODE = "lab/chat-far", "lab/code-far"
MOE, MOE_CHAT, MOE_CODE, MOE_SIBLING = "lab/moe", "lab/moe-chat", "lab/moe-code", "lab/moe-sibling"
SCRATCH = "We trained this model from scratch on our own data."
MERGED = "A merge of the models named above, made with mergekit. No training followed."


class Cases:
    """The cases over the models in `hub` (folders org/name)."""

    def __init__(self, hub: Path, seed: int) -> None:
        self.hub, self.seed = hub, seed

    def all(self) -> Sequence[Case]:
        return (
            *self._trained(),
            *self._linear(),
            *self._other_merges(),
            *self._merges_of_models_far_apart(),
            *self._trained_after_merging(),
            *self._copies(),
            *self._adapters(),
            *self._mixtures_of_experts(),
        )

    # --- ways to make one ---

    def _tune(self, start: str, domain: str, **how: Any) -> Make:
        how = {"steps": 30, "rate": 3e-5, "seed": self.seed + 50, **how}

        def make(out: Path) -> None:
            model = load(self.hub / start)
            train(model, domain, **how)
            save(model, out)

        return make

    def _merge(self, recipe: Any) -> Make:
        return lambda out: merging.merge(recipe, out, seed=self.seed)

    def _merge_then(self, recipe: Any, domain: str, **how: Any) -> Make:
        def make(out: Path) -> None:
            merging.merge(recipe, out, seed=self.seed)
            model = load(out)
            shutil.rmtree(out)
            train(model, domain, seed=self.seed + 60, **how)
            save(model, out)

        return make

    def _change(
        self,
        start: str,
        *changes: Callable[[State], State],
        shards: int = 1,
        config: dict[str, Any] | None = None,
    ) -> Make:
        def make(out: Path) -> None:
            state = changing.read(self.hub / start)
            for change in changes:
                state = change(state)
            changing.write(state, out, self._config(start) | (config or {}), shards=shards)

        return make

    def _adapter(self, start: str, *, merged: bool) -> Make:
        def make(out: Path) -> None:
            from peft import LoraConfig, get_peft_model

            torch.manual_seed(self.seed)
            targets = ["q_proj", "v_proj", "up_proj", "down_proj"]
            model = get_peft_model(
                load(self.hub / start), LoraConfig(r=4, lora_alpha=8, target_modules=targets)
            )
            train(model, "email", steps=25, rate=1e-3, seed=self.seed + 70)
            if merged:
                save(model.merge_and_unload(), out)
                return
            model.save_pretrained(out)
            written = out / "adapter_config.json"
            config = json.loads(written.read_text())
            written.write_text(json.dumps(config | {"base_model_name_or_path": start}, indent=2))
            (out / "README.md").unlink(missing_ok=True)

        return make

    def _config(self, model: str) -> dict[str, Any]:
        config: dict[str, Any] = json.loads((self.hub / model / "config.json").read_text())
        return config

    def _paths(self, weights: dict[str, Any]) -> dict[Path, Any]:
        return {self.hub / model: weight for model, weight in weights.items()}

    # --- the cases ---

    def _trained(self) -> Sequence[Case]:
        only_base = {BASE: 1.0}
        tuned = {"parents": only_base, "verdict": "fine-tune", "declared": (BASE,), "honest": True}
        return (
            Case("tuned", self._tune(BASE, "http"), **tuned),
            Case("tuned-sibling", self._tune(BASE, "email", rate=1e-4), **tuned),
            Case("tuned-small", self._tune(BASE, "json", rate=2e-6), **tuned),
            Case("tuned-hard", self._tune(BASE, "json", rate=1e-3, steps=50), **tuned),
            Case("tuned-two-layers", self._tune(BASE, "http", only=("layers.2.", "layers.3.")), **tuned),
            Case("tuned-norms", self._tune(BASE, "http", rate=1e-3, only=("norm",)), **tuned),
            Case("earlier-checkpoint", self._copy(EARLY), **tuned, hidden=(EARLY,)),
            Case(
                "later-checkpoint",
                self._copy(LONG),
                **{**tuned, "honest": None},
                accepted=("descendant",),
                hidden=(LONG,),
            ),
            Case(
                "tuned-further-declared",
                self._tune(CHAT, "asyncio", rate=1e-5),
                {CHAT: 1.0},
                "fine-tune",
                (CHAT,),
                True,
            ),
            Case(
                "tuned-further-undeclared",
                self._tune(CHAT, "asyncio", rate=1e-5),
                {CHAT: 1.0},
                "descendant",
                (BASE,),
                False,
            ),
            Case("unrelated", self._copy(OTHER), {}, "unrelated", (BASE,), False, hidden=(OTHER,)),
            Case(
                "tuned-from-unrelated",
                self._tune(OTHER, "email"),
                {OTHER: 1.0},
                "descendant",
                (BASE,),
                False,
            ),
            Case(
                "from-scratch",
                self._copy(OTHER),
                {},
                "unrelated",
                (),
                True,
                accepted=("cannot-tell",),
                hidden=(OTHER,),
                prose=SCRATCH,
            ),
            Case(
                "from-scratch-claimed",
                self._tune(CHAT, "json"),
                {CHAT: 1.0},
                "descendant",
                (),
                False,
                prose=SCRATCH,
            ),
        )

    def _copy(self, model: str) -> Make:
        def make(out: Path) -> None:
            shutil.copytree(self.hub / model, out, ignore=shutil.ignore_patterns("README.md"))

        return make

    def _linear(self) -> Sequence[Case]:
        rio = {CHAT: 0.6, BASE: 0.4}
        pair = {CHAT: 0.5, CODE: 0.5}
        three = {CHAT: 0.5, CODE: 0.3, SUMS: 0.2}
        depth = {CHAT: [0.9, 0.5, 0.3, 0.1], CODE: [0.1, 0.5, 0.7, 0.9]}
        modules = {
            CHAT: [{"filter": "self_attn", "value": 0.8}, {"filter": "mlp", "value": 0.3}, {"value": 0.5}],
            CODE: [{"filter": "self_attn", "value": 0.2}, {"filter": "mlp", "value": 0.7}, {"value": 0.5}],
        }

        def case(
            name: str, weights: Any, precision: Any, declared: tuple[str, ...], true: Any = None, **more: Any
        ) -> Case:
            parents = true or weights
            honest = set(declared) == set(parents)
            if honest:
                more = {"relation": "merge", "prose": MERGED, **more}
            recipe = merging.linear(self._paths(weights), precision)
            return Case(
                name,
                self._merge(recipe),
                parents,
                "exact-merge",
                declared,
                honest,
                method="linear",
                replay=True,
                **more,
            )

        return (
            case("linear-with-base", rio, ONE_ROUNDING, (BASE,)),
            case("linear-with-base-bf16", rio, PLAIN, (BASE,)),
            case("linear-with-base-declared", rio, ONE_ROUNDING, (CHAT, BASE)),
            case("linear-small-changes", {SUMS: 0.565, BASE: 0.435}, ONE_ROUNDING, (BASE,)),
            case("linear-small-changes-declared", {SUMS: 0.3, BASE: 0.7}, PLAIN, (SUMS, BASE)),
            case("linear-pair", pair, PLAIN, (CHAT,)),
            case("linear-pair-declared", pair, PLAIN, (CHAT, CODE)),
            case("linear-pair-base-only", {CHAT: 0.35, CODE: 0.65}, ONE_ROUNDING, (BASE,)),
            case("linear-three", three, ONE_ROUNDING, (CHAT,)),
            case("linear-three-declared", three, ONE_ROUNDING, (CHAT, CODE, SUMS)),
            case("linear-checkpoints-declared", {EARLY: 0.5, LONG: 0.5}, PLAIN, (EARLY, LONG)),
            case("linear-by-depth", depth, ONE_ROUNDING, (CHAT,), pair, truth={"schedule": "layers"}),
            case("linear-by-depth-declared", depth, PLAIN, (CHAT, CODE), pair, truth={"schedule": "layers"}),
            case("linear-by-module", modules, ONE_ROUNDING, (BASE,), pair, truth={"schedule": "modules"}),
        )

    def _other_merges(self) -> Sequence[Case]:
        hub = self.hub
        parents = {CHAT: 0.6, CODE: 0.4}

        def slerp(precision: Any) -> Make:
            return self._merge(
                {
                    "merge_method": "slerp",
                    "base_model": str(hub / CHAT),
                    "models": [{"model": str(hub / CHAT)}, {"model": str(hub / CODE)}],
                    "parameters": {"t": 0.4},
                    **precision,
                }
            )

        def arithmetic(precision: Any) -> Make:
            return self._merge(
                merging.linear(
                    self._paths({CHAT: 0.7, CODE: 0.5}),
                    precision,
                    "task_arithmetic",
                    base_model=str(hub / BASE),
                )
            )

        def sparse(method: str, precision: Any = PLAIN) -> Make:
            models = self._paths({CHAT: (0.6, 0.5), CODE: (0.4, 0.6)})
            return self._merge(merging.sparse(method, hub / BASE, models, precision))

        task = {CHAT: 0.7, CODE: 0.5, BASE: -0.2}
        both = {BASE: 0.0, **parents}
        said = {"relation": "merge", "prose": MERGED}
        stacked = {CHAT: 0.5, CODE: 0.5}
        layers = [(hub / CHAT, 0, 3), (hub / CODE, 1, 4)]
        yes = {"declared": (CHAT, CODE, BASE), "honest": True, **said}
        no = {"declared": (BASE,), "honest": False}
        exact = {"verdict": "exact-merge"}
        sparsely = {"parents": both, "method": "sparse", **exact}
        return (
            # These lie so near to each other that mergekit's slerp interpolates plainly: see slerp-far for bent ones.
            Case("slerp", slerp(ONE_ROUNDING), parents, method="linear", replay=True, **exact, **no),
            Case("slerp-bf16", slerp(PLAIN), parents, method="linear", replay=True, **exact, **no),
            Case(
                "slerp-declared",
                slerp(PLAIN),
                parents,
                method="linear",
                replay=True,
                declared=(CHAT, CODE),
                honest=True,
                **exact,
                **said,
            ),
            Case(
                "arithmetic",
                arithmetic(ONE_ROUNDING),
                task,
                method="task-arithmetic",
                replay=True,
                **exact,
                **no,
            ),
            Case(
                "arithmetic-bf16",
                arithmetic(PLAIN),
                task,
                method="task-arithmetic",
                replay=True,
                **exact,
                **no,
            ),
            Case(
                "arithmetic-declared",
                arithmetic(PLAIN),
                task,
                method="task-arithmetic",
                replay=True,
                **exact,
                **yes,
            ),
            Case("ties", sparse("ties"), **sparsely, **no),
            Case("ties-declared", sparse("ties"), **sparsely, **yes),
            Case("dare-ties", sparse("dare_ties"), **sparsely, **no),
            Case("dare-ties-declared", sparse("dare_ties", ONE_ROUNDING), **sparsely, **yes),
            Case("dare-linear", sparse("dare_linear", ONE_ROUNDING), **sparsely, **no),
            Case("breadcrumbs", sparse("breadcrumbs"), **sparsely, **no),
            Case("della", sparse("della"), **sparsely, **no),
            Case(
                "stacked",
                self._merge(merging.stack(layers)),
                stacked,
                method="layer-stack",
                replay=True,
                **exact,
                **no,
            ),
            Case(
                "stacked-declared",
                self._merge(merging.stack(layers)),
                stacked,
                method="layer-stack",
                replay=True,
                declared=(CHAT, CODE),
                honest=True,
                **exact,
                **said,
            ),
        )

    def _merges_of_models_far_apart(self) -> Sequence[Case]:
        """Spherical means, which bend only there, and others whose weights depend on the angles between models."""
        hub, bent, turned = self.hub, {FAR: 0.5, FAR_CODE: 0.5}, {FAR: 0.6, FAR_CODE: 0.4}
        # Of the change; model stock gives each tensor a weight by the angle between the changes, the rest is the base's.
        stocked, angled = {FAR: 0.5, FAR_CODE: 0.5, BASE: 0.0}, {"schedule": "tensors"}
        models = [{"model": str(hub / FAR)}, {"model": str(hub / FAR_CODE)}]
        # The usual recipe of the community: attention one way over the layers, the rest the other way.
        usual = [
            {"filter": "self_attn", "value": [0, 0.5, 0.3, 0.7, 1]},
            {"filter": "mlp", "value": [1, 0.5, 0.7, 0.3, 0]},
            {"value": 0.5},
        ]

        def slerp(t: Any, precision: Any = PLAIN) -> Make:
            base = {"merge_method": "slerp", "base_model": str(hub / FAR), "models": models}
            return self._merge({**base, "parameters": {"t": t}, **precision})

        def weighted(method: str, precision: Any) -> Make:
            return self._merge(merging.linear(self._paths(turned), precision, method))

        def stock(precision: Any) -> Make:
            base = {"merge_method": "model_stock", "base_model": str(hub / BASE)}
            return self._merge({**base, "models": models, **precision})

        def both(
            name: str, make: Make, parents: dict[str, float], method: str = "slerp", **more: Any
        ) -> tuple[Case, Case]:
            exact = {"parents": parents, "verdict": "exact-merge", "method": method, **more}
            said = {"relation": "merge", "prose": MERGED}
            return (
                Case(name, make, declared=(BASE,), honest=False, **exact),
                Case(f"{name}-declared", make, declared=tuple(parents), honest=True, **exact, **said),
            )

        return (
            *both("slerp-far", slerp(0.4), turned, replay=True),
            *both("slerp-far-by-depth", slerp([0, 0.3, 0.7, 1], ONE_ROUNDING), bent),
            *both("slerp-far-usual", slerp(usual), bent),
            *both("nuslerp", weighted("nuslerp", ONE_ROUNDING), turned),
            *both("nuslerp-bf16", weighted("nuslerp", PLAIN), turned),
            *both("multislerp", weighted("multislerp", ONE_ROUNDING), turned),
            *both("karcher-bf16", self._merge({"merge_method": "karcher", "models": models, **PLAIN}), bent),
            *both("model-stock", stock(ONE_ROUNDING), stocked, "linear", truth=angled),
            *both("model-stock-bf16", stock(PLAIN), stocked, "linear", truth=angled),
        )

    def _trained_after_merging(self) -> Sequence[Case]:
        recipe = merging.linear(self._paths({CHAT: 0.6, CODE: 0.4}), ONE_ROUNDING)
        weights = {CHAT: 0.6, CODE: 0.4}
        said = {
            "relation": "merge",
            "prose": "A merge of the models named above, then trained on our own data.",
        }
        after = {"parents": weights, "verdict": "merge-then-training", "method": "linear"}
        light = self._merge_then(recipe, "http", steps=8, rate=2e-6)
        heavy = self._merge_then(recipe, "http", steps=30, rate=5e-5)
        return (
            Case("merged-then-trained", light, declared=(BASE,), honest=False, **after),
            Case("merged-then-trained-declared", light, declared=(CHAT, CODE), honest=True, **after, **said),
            Case(
                "merged-then-trained-hard",
                heavy,
                declared=(BASE,),
                honest=False,
                accepted=("cannot-tell", "descendant"),
                **after,
            ),
            Case(
                "merged-then-trained-hard-declared",
                heavy,
                declared=(CHAT, CODE),
                honest=True,
                accepted=("cannot-tell", "fine-tune"),
                **after,
                **said,
            ),
        )

    def _copies(self) -> Sequence[Case]:
        config = self._config(BASE)
        fp8 = {
            "quantization_config": {
                "quant_method": "fp8",
                "weight_block_size": [changing.BLOCK, changing.BLOCK],
                "activation_scheme": "dynamic",
            }
        }
        chat, base = {CHAT: 1.0}, {BASE: 1.0}
        no = {"declared": (BASE,), "honest": False}
        quantised = {
            "relation": "quantized",
            "prose": "The model named above, quantised. Nothing was trained.",
        }
        mirror = {"relation": None, "prose": "An unchanged copy of the model named above, kept as a mirror."}
        padded = {"vocab_size": config["vocab_size"] + 64}
        pruned = {"prose": "The model named above, pruned by magnitude to half its weights."}
        permute, rescale = changing.permute(config, self.seed), changing.rescale(self.seed)
        change = self._change
        return (
            Case("copied", change(CHAT), chat, "copy", **no),
            Case("copied-base", change(BASE), base, "copy", (BASE,), False),
            Case("mirrored-declared", change(CHAT), chat, "copy", (CHAT,), True, **mirror),
            Case("resharded", change(CHAT, shards=3), chat, "copy", **no),
            Case("resharded-declared", change(CHAT, shards=3), chat, "copy", (CHAT,), True, **mirror),
            Case("renamed", change(CHAT, changing.rename), chat, "copy", **no),
            Case("padded", change(CHAT, changing.pad_vocabulary(64), config=padded), chat, "copy", **no),
            Case(
                "padded-declared",
                change(CHAT, changing.pad_vocabulary(64), config=padded),
                chat,
                "copy",
                (CHAT,),
                True,
                relation=None,
                prose="The model named above with a vocabulary padded to a multiple of 64.",
            ),
            Case(
                "recast-fp32",
                change(CHAT, changing.cast(torch.float32), config={"dtype": "float32"}),
                chat,
                "copy",
                **no,
            ),
            Case(
                "recast-fp16",
                change(CHAT, changing.cast(torch.float16), config={"dtype": "float16"}),
                chat,
                "quantised-copy",
                accepted=("copy",),
                **no,
            ),
            Case(
                "recast-fp16-declared",
                change(CHAT, changing.cast(torch.float16), config={"dtype": "float16"}),
                chat,
                "quantised-copy",
                (CHAT,),
                True,
                accepted=("copy",),
                relation=None,
                prose="The model named above in float16.",
            ),
            Case("fp8", change(CHAT, changing.to_fp8, config=fp8), chat, "quantised-copy", **no),
            Case(
                "fp8-declared",
                change(CHAT, changing.to_fp8, config=fp8),
                chat,
                "quantised-copy",
                (CHAT,),
                True,
                **quantised,
            ),
            Case("int8", change(CHAT, changing.to_int8), chat, "quantised-copy", **no),
            Case(
                "int8-declared",
                change(CHAT, changing.to_int8),
                chat,
                "quantised-copy",
                (CHAT,),
                True,
                **quantised,
            ),
            Case("pruned", change(CHAT, changing.prune(0.5)), chat, "pruned", **no),
            Case(
                "pruned-declared",
                change(CHAT, changing.prune(0.5)),
                chat,
                "pruned",
                (CHAT,),
                True,
                relation=None,
                **pruned,
            ),
            Case("permuted", change(CHAT, permute), chat, "permuted-copy", (), False, prose=SCRATCH),
            Case("permuted-base-declared", change(CHAT, permute), chat, "permuted-copy", **no),
            Case("rescaled", change(CHAT, rescale), chat, "permuted-copy", **no),
        )

    def _adapters(self) -> Sequence[Case]:
        merged, alone = self._adapter(BASE, merged=True), self._adapter(BASE, merged=False)
        return (
            Case(
                "adapter-merged-declared",
                merged,
                {BASE: 1.0},
                "adapter",
                (BASE,),
                True,
                accepted=("fine-tune",),
            ),
            Case(
                "adapter-merged-elsewhere",
                self._adapter(CHAT, merged=True),
                {CHAT: 1.0},
                "adapter",
                (BASE,),
                False,
                accepted=("descendant",),
            ),
            Case(
                "adapter-alone-declared",
                alone,
                {BASE: 1.0},
                "adapter",
                (BASE,),
                True,
                accepted=("cannot-tell",),
                relation="adapter",
                prose="A LoRA adapter for the model named above.",
            ),
        )

    def _mixtures_of_experts(self) -> Sequence[Case]:
        rio = {MOE_CHAT: 0.565, MOE: 0.435}
        pair = {MOE_CHAT: 0.4, MOE_CODE: 0.6}
        said = {"relation": "merge", "prose": MERGED}
        no = {"declared": (MOE,), "honest": False, "kind": "moe"}
        chat = {MOE_CHAT: 1.0}
        linear = {"verdict": "exact-merge", "method": "linear", "replay": True}

        def mix(weights: dict[str, float], precision: Any = ONE_ROUNDING) -> Any:
            return merging.linear(self._paths(weights), precision)

        permute = changing.permute(self._config(MOE), self.seed)
        return (
            Case(
                "moe-tuned",
                self._tune(MOE, "http", steps=10, rate=1e-4),
                {MOE: 1.0},
                "fine-tune",
                (MOE,),
                True,
                kind="moe",
            ),
            Case(
                "moe-sibling",
                self._copy(MOE_SIBLING),
                {MOE: 1.0},
                "fine-tune",
                (MOE,),
                True,
                kind="moe",
                hidden=(MOE_SIBLING,),
            ),
            Case("moe-linear", self._merge(mix(rio)), rio, **linear, **no),
            Case("moe-linear-pair-bf16", self._merge(mix(pair, PLAIN)), pair, **linear, **no),
            Case(
                "moe-linear-declared",
                self._merge(mix(rio)),
                rio,
                declared=(MOE_CHAT, MOE),
                honest=True,
                kind="moe",
                **linear,
                **said,
            ),
            Case(
                "moe-merged-then-trained",
                self._merge_then(mix(rio), "http", steps=5, rate=2e-6),
                rio,
                "merge-then-training",
                method="linear",
                **no,
            ),
            Case("moe-permuted", self._change(MOE_CHAT, permute), chat, "permuted-copy", **no),
            Case("moe-fused", self._change(MOE_CHAT, changing.fuse_experts), chat, "copy", **no),
            Case(
                "moe-fused-declared",
                self._change(MOE_CHAT, changing.fuse_experts),
                chat,
                "copy",
                (MOE_CHAT,),
                True,
                kind="moe",
                relation=None,
                prose="The model named above, its experts stored in fused tensors. Unchanged otherwise.",
            ),
            Case("moe-fp8", self._change(MOE_CHAT, changing.to_fp8), chat, "quantised-copy", **no),
        )
