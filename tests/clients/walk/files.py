"""Files: logged to a tracking store of one's own, registered here, loaded by alias."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import mlflow
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from walk.house import Cannot, House, told


def _doubles() -> tuple[Any, Any]:
    """mlflow.pyfunc, and a model that doubles what it is given."""
    try:
        from mlflow import pyfunc
    except ImportError as error:
        raise Cannot(f"this client has no mlflow.pyfunc: {error}") from error

    class Doubles(pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]
            return model_input * 2

    return pyfunc, Doubles()


def _logged(house: House, name: str) -> Any:
    """The run in which a model is logged, in a tracking store of the client's own."""
    pyfunc, model = _doubles()
    experiment = mlflow.create_experiment(house.name("experiment"))
    with mlflow.start_run(experiment_id=experiment) as run:
        pyfunc.log_model(
            "model",
            python_model=model,
            registered_model_name=name,
            pip_requirements=["mlflow-skinny"],
            await_registration_for=10,
        )
    return run.info


def _brought(house: House) -> tuple[str, Path]:
    """A model whose first version has its files here, and the folder that they came from."""
    pyfunc, model = _doubles()
    name, folder = house.model("brought"), house.file().parent / "saved"
    pyfunc.save_model(str(folder), python_model=model, pip_requirements=["mlflow-skinny"])
    house.version(name, folder.as_uri())
    place = f"{house.url}/api/2.0/mlflow-artifacts/artifacts/versions/{name}/1"
    get_artifact_repository(place).log_artifacts(str(folder))
    return name, folder


def _fetched(house: House, uri: str) -> Path:
    folder = str(house.file().parent)
    return Path(mlflow.artifacts.download_artifacts(uri, dst_path=folder))


def _digests(folder: str | Path) -> dict[str, str]:
    """Path inside the folder -> SHA-256. What the client itself adds on the way is left out."""
    root = Path(folder)
    added = "registered_model_meta"
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != added
    }


def a_model_is_logged_and_registered_in_one_call(house: House) -> Any:
    name = house.name("logged")
    run = _logged(house, name)
    read = house.client.get_model_version(name, "1")
    # From 3.0 on a client names the logged model, and leaves it to the server to know its run.
    assert read.run_id == run.run_id or read.source.startswith("models:/m-")
    assert read.status == "READY"
    seen = told(read)
    seen["source"] = seen["source"].split(":")[0]
    return seen


def a_second_call_makes_a_second_version(house: House) -> Any:
    name = house.name("logged")
    _logged(house, name)
    _logged(house, name)
    return [v.version for v in house.client.search_model_versions(f"name = '{name}'")]


def a_run_is_registered_afterwards(house: House) -> Any:
    name = house.name("afterwards")
    run = _logged(house, house.name("first"))
    version = mlflow.register_model(f"runs:/{run.run_id}/model", name, await_registration_for=10)
    assert (version.name, int(version.version)) == (name, 1)
    return version.status


def a_folder_is_registered_and_comes_back(house: House) -> Any:
    """Only its address is known here: the files stay where they are."""
    name = house.name("folder")
    folder = house.file().parent
    version = mlflow.register_model(folder.as_uri(), name, await_registration_for=10)
    assert version.source == folder.as_uri()
    got = _fetched(house, f"models:/{name}/1")
    assert _digests(folder).items() <= _digests(got).items()
    return version.status


def files_brought_here_come_back_by_alias(house: House) -> Any:
    """Sent to the version's own folder, fetched through the registry, byte for byte."""
    name, saved = _brought(house)
    house.client.set_registered_model_alias(name, "champion", "1")
    by_alias = _fetched(house, f"models:/{name}@champion")
    assert _digests(saved).items() <= _digests(by_alias).items()
    assert _digests(by_alias) == _digests(_fetched(house, f"models:/{name}/1"))
    return sorted(_digests(saved))


def a_model_is_loaded_by_alias_and_predicts(house: House) -> Any:
    name, _ = _brought(house)
    house.client.set_registered_model_alias(name, "champion", "1")
    import numpy as np
    from mlflow import pyfunc

    model = pyfunc.load_model(f"models:/{name}@champion")
    answer = model.predict(np.array([1.0, 2.0])).tolist()
    assert answer == [2.0, 4.0]
    return answer


def one_file_of_it_is_downloaded(house: House) -> Any:
    name, saved = _brought(house)
    got = _fetched(house, f"models:/{name}/1/MLmodel")
    assert got.read_bytes() == (saved / "MLmodel").read_bytes()
    return got.name
