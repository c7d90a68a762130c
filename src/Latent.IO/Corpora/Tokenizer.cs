using System.Globalization;
using System.Text;

namespace Latent.IO;

/// <summary>
/// Splits text into words: runs of Unicode letters, marks and digits, with apostrophes inside; a final 's is cut off. Everything else separates.
/// </summary>
public sealed class Tokenizer
{
    private readonly TokenOptions _options;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _stops;
    private readonly List<char> _word = [];
    private readonly List<string> _recent = [];
    private char[] _buffer = new char[64];

    /// <summary>A tokenizer. It keeps buffers, and serves one thread.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public Tokenizer(TokenOptions? options = null)
    {
        _options = options ?? TokenOptions.Default;
        _options.Checked();
        _stops = _options.StopWords.ToHashSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Calls <paramref name="visit"/> for every word of a text, in order; longer sequences after their last word.</summary>
    public void Split(ReadOnlySpan<char> text, WordVisit visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        _recent.Clear();
        _word.Clear();
        int place = 0;
        while (place < text.Length)
        {
            Rune.DecodeFromUtf16(text[place..], out Rune rune, out int length);
            if (IsPart(rune))
            {
                foreach (char unit in text.Slice(place, length))
                {
                    _word.Add(unit);
                }
            }
            else if (rune.Value is '\'' or '’' && _word.Count > 0 && place + 1 < text.Length && char.IsLetter(text[place + 1]))
            {
                _word.Add('\'');
            }
            else
            {
                Finish(visit);
            }
            place += length;
        }
        Finish(visit);
    }

    private static bool IsPart(Rune rune) => rune.IsAscii
        ? char.IsAsciiLetterOrDigit((char)rune.Value)
        : Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    private void Finish(WordVisit visit)
    {
        if (_word.Count == 0)
        {
            return;
        }
        if (_buffer.Length < _word.Count)
        {
            _buffer = new char[2 * _word.Count];
        }
        _word.CopyTo(_buffer);
        Span<char> word = _buffer.AsSpan(0, _word.Count);
        _word.Clear();
        if (_options.LowerCase)
        {
            for (int i = 0; i < word.Length; i++)
            {
                word[i] = char.ToLowerInvariant(word[i]);
            }
        }
        bool isStop = _stops.Contains(word);
        word = word.EndsWith("'s") || word.EndsWith("'S") ? word[..^2] : word;
        if (isStop || _stops.Contains(word) || word.Length < _options.LeastLength || (!_options.Numbers && word.IndexOfAnyExceptInRange('0', '9') < 0))
        {
            return;
        }
        visit(word);
        if (_options.Grams > 1)
        {
            Join(word.ToString(), visit);
        }
    }

    // Sequences of words that follow each other once stop words are gone.
    private void Join(string word, WordVisit visit)
    {
        _recent.Add(word);
        if (_recent.Count > _options.Grams)
        {
            _recent.RemoveAt(0);
        }
        for (int first = _recent.Count - 2; first >= 0; first--)
        {
            visit(string.Join('_', _recent.Skip(first)));
        }
    }
}

/// <summary>Receives a word.</summary>
/// <param name="word">Its characters, which change after the call.</param>
public delegate void WordVisit(ReadOnlySpan<char> word);
