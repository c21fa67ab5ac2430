"""File formats, judged by bytes written down or built independently of the code under test."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
from sagemaker_pyspark.local import CustomerError
from sagemaker_pyspark.local.algorithms import ndarray
from sagemaker_pyspark.local.algorithms.archive import ArchiveError, ModelArchive, pack
from sagemaker_pyspark.local.algorithms.content import recordio, text

from tests.service.support import dense, entry, framed, model_archive, sparse

# mx.nd.save of the list [[[1, 2], [3, 4]]] (float32), field by field as MXNet 1.9 writes it.
LIST_FILE = bytes.fromhex(
    "1201000000000000" "0000000000000000" "0100000000000000"
    "c9fa93f9" "00000000" "02000000" "0200000000000000" "0200000000000000" "01000000" "00000000" "00000000"
    "0000803f" "00000040" "00004040" "00008040" "0000000000000000"
)  # fmt: skip


def test_an_ndarray_list_has_the_bytes_of_mxnet() -> None:
    array = np.array([[1, 2], [3, 4]], dtype=np.float32)
    assert ndarray.dumps([array]) == LIST_FILE
    (back,) = ndarray.load_list(LIST_FILE)
    assert back.dtype == np.float32 and back.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("dtype", ["f4", "f8", "f2", "u1", "i4", "i1", "i8"])
def test_ndarray_dictionaries_round_trip_in_every_type(dtype: str) -> None:
    arrays = {
        "mean": np.arange(3, dtype=dtype).reshape(1, 3),
        "v": np.arange(24, dtype=dtype).reshape(2, 3, 4),
    }
    back = ndarray.load_dict(ndarray.dumps(arrays))
    assert list(back) == ["mean", "v"]
    assert all(
        (back[name] == arrays[name]).all() and back[name].dtype == arrays[name].dtype for name in arrays
    )


@pytest.mark.parametrize("end", [0, 7, 23, 40, len(LIST_FILE) - 9])
def test_a_cut_ndarray_file_is_an_error_that_says_where_it_ends(end: int) -> None:
    with pytest.raises(ndarray.NDArrayFormatError, match=f"ends at byte {end}"):
        ndarray.loads(LIST_FILE[:end])


def test_another_file_is_not_taken_for_an_ndarray_file() -> None:
    with pytest.raises(ndarray.NDArrayFormatError, match="expected 0x112"):
        ndarray.loads(b"PK\x03\x04" + bytes(40))


def test_records_written_by_the_published_library_are_read() -> None:
    labelled = base64.b64decode(
        "CiPXzjAAAAAKGgoGdmFsdWVzEhASDgoMAAAAPwAAoL8AAEBAEhIKBnZhbHVlcxIIEgYKBAAAgD8KI9fOMAAAAAoaCgZ2YWx1ZXMSEBIO"
        "CgxgQqINAACAfwAAAIASEgoGdmFsdWVzEggSBgoEAAAAAA=="
    )
    records = recordio.read(labelled)
    assert records.features.tolist() == [[0.5, -1.25, 3.0], [np.float32(1e-30), np.inf, -0.0]]
    assert records.labels is not None and records.labels.tolist() == [1.0, 0.0]


@pytest.mark.parametrize("width", [1, 31, 32, 500])
@pytest.mark.parametrize("labelled", [False, True])
def test_the_fast_reader_agrees_with_the_general_one(width: int, labelled: bool) -> None:
    rows = np.random.default_rng(width).normal(size=(50, width)).astype(np.float32)
    rows[3, 0], rows[4, 0] = np.nan, np.inf
    data = dense(rows, np.arange(50) if labelled else None)
    fast, general = recordio.read_uniform(data), recordio.read_general(data)
    assert fast is not None
    np.testing.assert_array_equal(fast.features, rows)
    np.testing.assert_array_equal(general.features, rows)
    assert (fast.labels is None) is (general.labels is None) is not labelled
    if labelled:
        np.testing.assert_array_equal(fast.labels, general.labels)


def test_files_that_are_not_alike_throughout_take_the_general_reader() -> None:
    other_key = framed(entry(1, [5.0, 6.0]).replace(b"values", b"valuez"))
    for data in (
        dense([[1.0]]) + dense([[1.0, 2.0]]),
        dense([[1.0, 2.0]]) + other_key,
        sparse([0], [1.0], 3),
    ):
        assert recordio.read_uniform(data) is None


def test_sparse_dense_and_all_zero_records_mix() -> None:
    data = sparse([1, 300], [2.0, 3.0], 400) + sparse([], [], 400) + dense([np.arange(400)])
    records = recordio.read(data)
    expected = np.zeros((3, 400), dtype=np.float32)
    expected[0, [1, 300]] = 2.0, 3.0
    expected[2] = np.arange(400)
    assert records.is_sparse
    np.testing.assert_array_equal(records.features.toarray(), expected)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"not a record", "starts with 0x20746f6e, expected 0xced7230a"),
        (dense([[1.0]])[:-2], "ends inside record 0"),
        (dense([[1.0]]) + b"\x0a", "ends inside the header of record 1"),
        (dense([[1.0], [2.0]]) + dense([[1.0, 2.0]]), "record 0 has 1, record 2 has 2"),
        (sparse([3], [1.0], 3), "outside of its shape"),
        (framed(b"\x0a\xff\x01"), "Record 0 is not a protobuf Record"),
        (framed(b""), "no features under the key 'values'"),
    ],
)
def test_bad_records_are_errors_that_name_the_record(data: bytes, message: str) -> None:
    with pytest.raises(CustomerError, match=message):
        recordio.read(data)


def test_label_records_have_the_bytes_of_protobuf() -> None:
    columns = {"a": np.array([1.0, 2.0], np.float32), "b": np.array([[1, 2], [3, 4]], np.float32)}

    def label(name: bytes, values: list[float]) -> bytes:
        return entry(2, values).replace(b"\x0a\x06values", b"\x0a\x01" + name)

    # entry() wrote the length of an entry with the key "values"; the shorter key makes it 5 less.
    def shortened(item: bytes) -> bytes:
        return item[:1] + bytes([item[1] - 5]) + item[2:]

    expected = [
        framed(shortened(label(b"a", [i + 1.0])) + shortened(label(b"b", [2 * i + 1, 2 * i + 2])))
        for i in (0, 1)
    ]
    assert recordio.write_labels(columns) == b"".join(expected)


def test_csv_takes_the_label_first_and_refuses_headers_and_ragged_rows() -> None:
    records = text.read_csv(b"1,0.5,2\n0,1e-3,4\r\n", label_size=1)
    assert records.labels is not None and records.labels.tolist() == [1.0, 0.0]
    assert records.features.shape == (2, 2)
    for bad in (b"a,b\n1,2\n", b"1,2\n3\n", b"1,,2\n"):
        with pytest.raises(CustomerError, match="not rows of numbers of one width"):
            text.read_csv(bad)


def test_archives_that_lead_outside_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.tar.gz"
    path.write_bytes(model_archive({"../outside": b"x"}))
    with pytest.raises(ArchiveError, match="not a plain file inside it"):
        ModelArchive(path).extract(tmp_path / "inside")
    assert not (tmp_path / "outside").exists()


def test_the_same_files_make_the_same_archive(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model_algo-1").write_bytes(b"content")
    pack(tmp_path / "model", tmp_path / "one")
    pack(tmp_path / "model", tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert ModelArchive(tmp_path / "one").read_model() == b"content"
