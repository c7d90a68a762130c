using FsCheck;
using FsCheck.Fluent;
using Latent.Data;

namespace Latent.IO.Tests;

public sealed class RoundTripTests : IDisposable
{
    private static readonly Config _config = Config.QuickThrowOnFailure.WithReplay(20, 1);
    private static readonly double[] _edges = [0, -0.0, double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue, 0.1, 1.0 / 3, 1e22, 1e23, 9007199254740993, double.NaN];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Finite doubles of every exponent, and NaN.</summary>
    private static Gen<double> Cell => Gen.OneOf(
        Gen.Elements(_edges),
        ArbMap.Default.GeneratorFor<double>().Where(value => !double.IsInfinity(value)),
        ArbMap.Default.GeneratorFor<ulong>().Select(BitConverter.UInt64BitsToDouble).Where(value => !double.IsInfinity(value)));

    private static Arbitrary<double[,]> Rectangles =>
        (from rows in Gen.Choose(1, 30) from columns in Gen.Choose(1, 5) from cells in Cell.Array2DOf(rows, columns) select cells).ToArbitrary();

    [Fact]
    public void CSV_gives_back_the_same_bits() => Check.One(_config, Prop.ForAll(Rectangles, cells =>
    {
        RowSource rows = cells;
        string path = _folder.Write("t.csv", stream => CsvTableWriter.Write(stream, rows));
        using RowTable table = DataFiles.Read(path, new DataOptions { AllowEmptyColumns = true });
        Assert.Equal(rows.Schema, table.Rows.Schema);
        Tables.SameBits(cells.Cast<double>(), Tables.Cells(table.Rows));
    }));

    [Fact]
    public void CSV_and_NPY_of_one_table_are_the_same_bits_mapped_or_not() => Check.One(_config, Prop.ForAll(Rectangles, cells =>
    {
        RowSource rows = cells;
        var options = new DataOptions { AllowEmptyColumns = true };
        string csv = _folder.Write("t.csv", stream => CsvTableWriter.Write(stream, rows));
        string npy = _folder.Write("t.npy", stream => NpyWriter.Write(stream, rows));
        using RowTable text = DataFiles.Read(csv, options);
        using RowTable mapped = DataFiles.Read(npy, options);
        using RowTable copied = DataFiles.Read(npy, options with { MapFiles = false });
        Tables.SameBits(Tables.Cells(text.Rows), Tables.Cells(mapped.Rows));
        Tables.SameBits(Tables.Cells(text.Rows), Tables.Cells(copied.Rows));
        Assert.Equal(rows.MissingCells, mapped.Rows.MissingCells);
    }));

    [Fact]
    public void Singles_keep_their_bits()
    {
        RowSource rows = RowSource.From([0.1f, float.MaxValue, float.Epsilon, -0f, 16777217f, 1f / 3], 2);
        using RowTable text = DataFiles.Read(_folder.Write("t.csv", stream => CsvTableWriter.Write(stream, rows)));
        Assert.Equal([0.1f, float.MaxValue, float.Epsilon, -0f, 16777216f, 1f / 3], Tables.Cells(text.Rows).Select(cell => (float)cell));
        using RowTable mapped = DataFiles.Read(_folder.Write("t.npy", stream => NpyWriter.Write(stream, rows)));
        Tables.SameBits(Tables.Cells(rows), Tables.Cells(mapped.Rows));
    }

    [Fact]
    public void Numbers_in_any_notation_read_as_the_nearest_double() => Check.One(_config, Prop.ForAll(
        (from value in Cell.Where(double.IsFinite) from format in Gen.Elements("R", "E0", "E20", "F3", "E16") select value.ToString(format, null)).ToArbitrary(),
        text =>
        {
            double expected = double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
            string path = _folder.Write("t.csv", $"x\n{text}\n");
            if (double.IsFinite(expected))
            {
                using RowTable table = DataFiles.Read(path);
                Tables.SameBits([expected], Tables.Cells(table.Rows));
            }
            else
            {
                Assert.Throws<DataFormatException>(() => DataFiles.Read(path));
            }
        }));

    [Fact]
    public void Texts_survive_their_quotes() => Check.One(_config, Prop.ForAll(
        Gen.Elements('a', 'é', ',', ';', '"', '\n', '\r', ' ', '\t', '\'', '1').ArrayOf(6).Select(letters => new string(letters)).ArrayOf(4).ToArbitrary(),
        texts =>
        {
            string path = _folder.Write("t.csv", stream =>
            {
                using var writer = new CsvTableWriter(stream, ["n", "text"]);
                for (int row = 0; row < texts.Length; row++)
                {
                    writer.Write((long)row);
                    writer.Write($"<{texts[row]}>");
                    writer.EndRow();
                }
            });
            using RowTable table = DataFiles.Read(path, new DataOptions { Id = "text", Delimiter = ',' });
            Assert.Equal(texts.Select(text => $"<{text}>"), table.Ids);
            Tables.SameBits(Enumerable.Range(0, texts.Length).Select(row => (double)row), Tables.Cells(table.Rows));
        }));

    [Fact]
    public void Categories_are_written_by_their_levels()
    {
        RowSource rows = RowSource.From([1, 2, 0, double.NaN, double.NaN, 0.5], 2)
            .WithSchema(new Schema(Column.Categorical("c", "x,y", "z"), Column.Numeric("n")));
        string path = _folder.Write("t.csv", stream => CsvTableWriter.Write(stream, rows));
        Assert.Equal("c,n\nz,2\n\"x,y\",\n,0.5\n", File.ReadAllText(path));
        using RowTable table = DataFiles.Read(path, new DataOptions { TextCells = TextCells.Categories });
        Assert.Equal(rows.Schema, table.Rows.Schema);
        Tables.SameBits(Tables.Cells(rows), Tables.Cells(table.Rows));
    }

    [Fact]
    public void A_row_of_another_length_is_refused_when_written()
    {
        using var stream = new MemoryStream();
        var writer = new CsvTableWriter(stream, ["a", "b"]);
        writer.Write(1.0);
        Assert.Throws<InvalidOperationException>(writer.EndRow);
    }
}
