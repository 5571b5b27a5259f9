"""The seal file: fixes an edition or a method as it is now. Whether it may be sealed is asked above, at the gate."""

from typing import Any

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text
from cchc_rules.base.writing import write_bytes
from cchc_rules.decisions.seals import Seal, seal_path
from cchc_rules.plugins.registers import Registered
from cchc_rules.plugins.registry import Registry


def write_seal(registry: Registry, name: str) -> Text:
    """Write the seal of an edition or a method beside its file, and return what was done.

    Raises ``InputError`` for an unknown name, and for what has no file.
    """
    registry.named(name)
    if name in registry.editions:
        edition = registry.editions[name]
        return _written(edition, registry.seal(edition))
    method = registry.methods[name]
    return _written(method, registry.seal_method(method))


def _written(registered: Registered[Any], made: Seal) -> Text:
    """Write a seal file in one go and say so."""
    if registered.path is None:
        raise InputError(Finding(
            code="seal-without-file",
            place=Place(where=registered.key),
            reason=Text("được tạo bằng Python hoặc nằm trong tệp bàn giao, không có tệp riêng để niêm phong",
                        "made in Python, or inside a pack: there is no file of its own to seal"),
            remedy=Text("niêm phong tệp TOML trong thư mục plugin", "seal the TOML file in the plugin's folder"),
        ))
    path = seal_path(registered.path)
    write_bytes(path, made.toml().encode(), force=True)
    vi = f"Đã niêm phong {made.of}: {path.name}, {made.digest[:19]}…"
    en = f"Sealed {made.of}: {path.name}, {made.digest[:19]}…"
    if made.assumed:
        vi += f" Lưu ý: {made.assumed} mục dùng tham số giả định."
        en += f" Note: {made.assumed} entries rest on assumed parameters."
    return Text(vi, en)
