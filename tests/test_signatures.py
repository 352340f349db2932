"""One keyword per idea, one public surface, and a docstring for everything people call."""

import argparse
import ast
import importlib
import inspect

import pytest
from house import functions, is_public, modules

import dalle_explore
from dalle_explore.settings import Settings

# Other words for an idea that already has one. Letters of the shape alphabet are not listed.
WORD_FOR = {
    "n": {"num_samples", "n_samples", "n_images", "num_images", "samples_per_prompt"},
    "keep": {"n_keep", "num_keep", "keep_n", "top_n"},
    "seed": {"random_seed", "rng_seed", "random_state", "sample_seed", "base_seed"},
    "seeds": {"random_seeds", "sample_seeds", "seed_list"},
    "model": {"net", "generator_model", "the_model"},
    "prompt": {"prompt_text", "sentence_prompt", "text_prompt"},
    "edits": {"interventions", "edit_list", "hooks_list"},
    "temperature": {"temp", "sampling_temperature"},
    "top_k": {"topk", "k_top", "topK"},
    "top_p": {"topp", "nucleus", "nucleus_p"},
    "guidance": {"cfg", "cfg_scale", "guidance_scale", "cond_scale"},
    "precision": {"prec", "amp"},
    "device": {"dev", "device_name"},
    "settings": {"sampling_settings", "sampling_config", "generation_config"},
    "path": {"fname", "filename", "file_name", "filepath", "file_path"},
    "folder": {"directory", "dirname", "dir_path", "folder_path"},
    "codes": {"image_tokens", "img_tokens", "image_codes", "tokens_image"},
    "pictures": {"imgs", "images_tensor", "image_batch"},
    "codebook_size": {"n_codes", "num_codes", "codebook_len", "n_embed"},
}
ONE_WORD = {other: word for word, others in WORD_FOR.items() for other in others}


def parameters(function):
    kinds = (function.args.posonlyargs, function.args.args, function.args.kwonlyargs)
    return [argument.arg for kind in kinds for argument in kind]


def fields(tree):
    """Fields of public dataclasses: they are keywords of a constructor."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and is_public(node.name):
            for item in node.body:
                if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                    yield f"{node.name}.{item.target.id}", item.target.id


@pytest.mark.parametrize("name", modules())
def test_one_keyword_per_idea(name):
    tree = modules()[name]
    used = [(where, word) for where, node in functions(tree) for word in parameters(node)]
    used += list(fields(tree))
    faults = [
        f"{name}.{where}: '{word}', but the word of this house is '{ONE_WORD[word]}'"
        for where, word in used
        if word in ONE_WORD
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", modules())
def test_whoever_takes_settings_one_by_one_takes_them_by_keyword(name):
    for where, function in functions(modules()[name]):
        positional = [argument.arg for argument in function.args.args]
        taken = [word for word in positional if word in Settings.names()]
        # Two numbers in a row that mean temperature and top_k invite a silent mix-up.
        assert len([word for word in taken if word != "device"]) <= 1, f"{name}.{where}: {taken}"


@pytest.mark.parametrize("name", modules())
def test_everything_public_has_a_docstring(name):
    tree = modules()[name]
    missing = [where for where, node in functions(tree) if not ast.get_docstring(node)]
    missing += [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and is_public(node.name) and not ast.get_docstring(node)
    ]
    missing = [where for where in missing if not where.split(".")[-1].startswith("__")]
    assert ast.get_docstring(tree), f"{name} does not say what it is about"
    assert not missing, f"{name}: {missing}"


@pytest.mark.parametrize("name", modules())
def test_configs_are_frozen_and_small(name):
    for node in ast.walk(modules()[name]):
        if (
            isinstance(node, ast.ClassDef)
            and is_public(node.name)
            and node.name.endswith(("Config", "Settings"))
        ):
            decorators = " ".join(ast.unparse(item) for item in node.decorator_list)
            assert "dataclass" in decorators and "frozen=True" in decorators, node.name
            count = sum(isinstance(item, ast.AnnAssign) for item in node.body)
            assert 0 < count < 10, f"{name}.{node.name} has {count} fields; under ten is the rule"


# The surface. Adding a name is a decision: add it here, to the README and to the changelog.
PUBLIC = [
    "AblateHead",
    "AddResidual",
    "AttentionExplorer",
    "Ban",
    "Bias",
    "Breeder",
    "CodebookBrowser",
    "Comparison",
    "DalleExploreError",
    "DataError",
    "DecodePlayer",
    "Edit",
    "Force",
    "Grid",
    "InputError",
    "Inspection",
    "KnockOut",
    "MachineError",
    "Mix",
    "Model",
    "ModelFileError",
    "PromptGrid",
    "Sample",
    "Samples",
    "ScaleHead",
    "ScoreExplorer",
    "Scores",
    "Settings",
    "TemperatureAt",
    "Trace",
    "__version__",
    "breed",
    "compare",
    "draw",
    "drawing",
    "explore",
    "grid",
    "gridding",
    "inspect",
    "load",
    "load_scorer",
    "open",
    "upload",
]


def test_the_public_names_are_pinned_and_importable():
    assert dalle_explore.__all__ == PUBLIC
    assert set(dalle_explore.__all__) <= set(dir(dalle_explore))
    for name in dalle_explore.__all__:
        value = getattr(dalle_explore, name)
        assert name == "__version__" or value.__doc__, f"{name} has no docstring"


def test_no_public_name_equals_the_name_of_a_submodule():
    submodules = {name.split(".")[1] for name in modules() if name.count(".") == 1}
    assert not submodules & set(dalle_explore.__all__)


def test_an_unknown_public_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        dalle_explore.no_such_name  # noqa: B018


def test_drawing_takes_the_words_of_the_house():
    draw = inspect.signature(dalle_explore.draw)
    for word in ("model", "prompt", "n", "keep", "seed"):
        assert word in draw.parameters, f"draw() lacks '{word}'"
    extra = any(parameter.kind is parameter.VAR_KEYWORD for parameter in draw.parameters.values())
    for word in Settings.names():
        assert word in draw.parameters or "settings" in draw.parameters or extra, word


def test_the_command_line_has_an_option_for_every_word():
    parser = argparse.ArgumentParser()
    importlib.import_module("dalle_explore.cli.draw").add_arguments(parser)
    options = {option for action in parser._actions for option in action.option_strings}
    words = ("n", "keep", "seed", *Settings.names())
    wanted = {f"--{word.replace('_', '-')}" if len(word) > 1 else f"-{word}" for word in words}
    assert wanted <= options, f"missing: {sorted(wanted - options)}"


def test_every_module_says_what_it_exports_truthfully():
    for name, tree in modules().items():
        if name == "dalle_explore" or not any(
            isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
            for node in tree.body
        ):
            continue
        module = importlib.import_module(name)
        missing = [word for word in module.__all__ if not hasattr(module, word)]
        assert not missing, f"{name}.__all__ promises {missing}"
        assert all(is_public(word) for word in module.__all__), name
