using System.Runtime.InteropServices;

namespace Latent.IO;

/// <summary>What a reader collects beside the data, row by row.</summary>
internal sealed class SideColumns(TablePlan plan)
{
    private readonly List<double> _weights = [];
    private readonly List<string> _ids = [];
    private readonly Coded _labels = new();
    private readonly Coded _sequence = new();
    private readonly Coded[] _text = [.. plan.Text.Select(_ => new Coded())];
    private readonly List<Origin> _origins = [];

    private string _file = "";
    private long _line;

    public long Rows { get; private set; }

    /// <summary>Notes where the next row stands; rows that follow each other line by line take no memory.</summary>
    public void NextRow(string file, long line)
    {
        Span<Origin> origins = CollectionsMarshal.AsSpan(_origins);
        if (origins.IsEmpty || origins[^1].File != file || line - Rows != origins[^1].Line - origins[^1].FirstRow)
        {
            _origins.Add(new Origin(Rows, file, line));
        }
        Rows++;
        (_file, _line) = (file, line);
    }

    /// <summary>Counts the rows of a file that has nothing beside the data.</summary>
    public void SkipRows(string file, long count)
    {
        _origins.Add(new Origin(Rows, file, 1));
        Rows += count;
    }

    public void Weight(double weight) => _weights.Add(weight);

    public void Id(string id) => _ids.Add(id);

    public void Label(ReadOnlySpan<byte> utf8) => _labels.Add(utf8);

    public void Sequence(ReadOnlySpan<byte> utf8) => _sequence.Add(utf8);

    public void Text(int index, ReadOnlySpan<byte> utf8)
    {
        if (index == 0 && plan.VisitText is { } visit)
        {
            visit(utf8, _file, _line);
            return;
        }
        _text[index].Add(utf8);
    }

    /// <summary>A table of <paramref name="rows"/> and what was collected.</summary>
    public RowTable ToTable(Latent.Data.RowSource? rows, IReadOnlyList<string> files, TableStorage? storage) => new(
        plan.Weights >= 0 ? rows?.WithWeights(_weights.ToArray()) : rows,
        Rows,
        plan.Id >= 0 ? _ids : null,
        plan.Labels >= 0 ? _labels.ToColumn(plan.Names[plan.Labels], sort: true) : null,
        plan.Sequence >= 0 ? _sequence.ToColumn(plan.Names[plan.Sequence], sort: false) : null,
        [.. _text.Select((text, index) => text.ToColumn(plan.Names[plan.Text[index]], sort: true))],
        files,
        _origins)
    {
        Storage = storage ?? new TableStorage(TablePlace.Memory, 0, MemoryBudget.Default),
    };

    private sealed class Coded
    {
        private readonly LevelSet _levels = new();
        private readonly List<int> _codes = [];

        public void Add(ReadOnlySpan<byte> utf8) => _codes.Add(utf8.IsEmpty ? -1 : _levels.Code(utf8));

        public TextColumn ToColumn(string name, bool sort)
        {
            int[] codes = [.. _codes];
            if (!sort)
            {
                return new TextColumn(name, _levels.Levels, codes);
            }
            (string[] levels, int[] place) = _levels.Sort();
            foreach (ref int code in codes.AsSpan())
            {
                code = code < 0 ? -1 : place[code];
            }
            return new TextColumn(name, levels, codes);
        }
    }
}
