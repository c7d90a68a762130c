namespace Latent.Topics;

/// <summary>A batch of documents with a vocabulary of its own, and for each of its words the cells that hold it. The buffers grow and are used again.</summary>
internal sealed class OnlineBatch(int vocabulary, int stride)
{
    private readonly int[] _places = new int[vocabulary];
    private readonly List<int> _words = [];
    private int[] _offsets = [0];
    private int[] _terms = [];
    private int[] _counts = [];
    private int[] _documentOf = [];
    private int[] _starts = [];
    private int[] _cells = [];
    private double[] _ratios = [];

    /// <summary>The number of documents.</summary>
    public int Documents { get; private set; }

    /// <summary>The number of cells.</summary>
    public int CellCount => _offsets[Documents];

    /// <summary>The number of distinct words.</summary>
    public int Words => _words.Count;

    /// <summary>The weights B of the batch's words: for the caller to fill.</summary>
    public double[] Weights { get; private set; } = [];

    /// <summary>E of every document: for the caller to fill.</summary>
    public double[] AllDocumentWeights { get; private set; } = [];

    /// <summary>The words of the cells, numbered within the batch.</summary>
    public ReadOnlySpan<int> Terms => _terms;

    public ReadOnlySpan<int> Counts => _counts;

    /// <summary>c/norm of the cells: for the caller to fill.</summary>
    public Span<double> Ratios => _ratios;

    /// <summary>A word's number in the corpus.</summary>
    public int Term(int word) => _words[word];

    /// <summary>The cells of a document.</summary>
    public Range Cells(int document) => _offsets[document].._offsets[document + 1];

    public Span<double> DocumentWeights(int document) => AllDocumentWeights.AsSpan(document * stride, stride);

    /// <summary>The cells that hold a word, in order.</summary>
    public ReadOnlySpan<int> CellsOf(int word) => _cells.AsSpan(_starts[word].._starts[word + 1]);

    public int DocumentOf(int cell) => _documentOf[cell];

    /// <summary>Takes documents of a window.</summary>
    /// <param name="window">The window.</param>
    /// <param name="first">The place of the first.</param>
    /// <param name="documents">How many.</param>
    public void Load(OnlineWindow window, int first, int documents)
    {
        foreach (int term in _words)
        {
            _places[term] = 0;
        }
        _words.Clear();
        Documents = documents;
        Buffers.Grow(ref _offsets, documents + 1);
        int cells = 0;
        for (int document = 0; document < documents; document++)
        {
            window.Get(first + document, out ReadOnlySpan<int> terms, out ReadOnlySpan<int> counts);
            int end = cells + terms.Length;
            Buffers.Grow(ref _terms, end);
            Buffers.Grow(ref _counts, end);
            Buffers.Grow(ref _documentOf, end);
            counts.CopyTo(_counts.AsSpan(cells));
            foreach (int term in terms)
            {
                if (_places[term] == 0)
                {
                    _words.Add(term);
                    _places[term] = _words.Count;
                }
                _documentOf[cells] = document;
                _terms[cells++] = _places[term] - 1;
            }
            _offsets[document + 1] = cells;
        }
        Buffers.Grow(ref _ratios, cells);
        Invert(cells);
        double[] weights = Weights;
        Buffers.Grow(ref weights, Words * stride);
        Weights = weights;
        double[] all = AllDocumentWeights;
        Buffers.Grow(ref all, documents * stride);
        AllDocumentWeights = all;
    }

    // Counting sort of the cells by word.
    private void Invert(int cells)
    {
        Buffers.Grow(ref _starts, Words + 2);
        Buffers.Grow(ref _cells, cells);
        Array.Clear(_starts, 0, Words + 2);
        for (int cell = 0; cell < cells; cell++)
        {
            _starts[_terms[cell] + 2]++;
        }
        for (int word = 2; word < Words + 2; word++)
        {
            _starts[word] += _starts[word - 1];
        }
        for (int cell = 0; cell < cells; cell++)
        {
            _cells[_starts[_terms[cell] + 1]++] = cell;
        }
    }
}
