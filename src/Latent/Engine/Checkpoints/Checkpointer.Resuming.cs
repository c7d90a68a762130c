using System.Runtime.InteropServices;

namespace Latent.Engine.Checkpoints;

/// <content>What is there when a fit begins: read, checked, and shared among ranks.</content>
internal sealed partial class Checkpointer
{
    private void Begin(ICheckpointStore store, Fingerprint fingerprint)
    {
        List<string> damaged = [];
        foreach (CheckpointCopy copy in store.Copies())
        {
            try
            {
                using Stream source = copy.Open();
                StateBuffer body = CheckpointFormat.Read(source);
                if (_options.Resume || _options.Part > 0)
                {
                    Resume(body, copy.Name, fingerprint, damaged);
                }
                else
                {
                    TellOfReplaced(body, copy.Name);
                }
                break;
            }
            catch (InvalidDataException cause) when (cause.Message == CheckpointFormat.Foreign && !_options.Resume)
            {
                throw new CheckpointException(CheckpointProblem.Damaged, $"{copy.Name}: expected a checkpoint or no file, found {cause.Message}, which would be lost. Choose another name.");
            }
            catch (Exception cause) when (cause is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                damaged.Add($"{copy.Name}: expected a checkpoint, found {(cause is InvalidDataException ? cause.Message : $"that it cannot be read ({cause.Message.TrimEnd('.')})")}");
            }
        }
        _keepLast = damaged.Count == 0;
        if (_restored is not null)
        {
            return;
        }
        if (_options.Resume && _before is null && damaged.Count > 0)
        {
            throw new CheckpointException(CheckpointProblem.Damaged, $"{string.Join("; ", damaged)}. Restore the file, or begin anew without resuming.");
        }
        if (_options.Resume && _before is null)
        {
            Notify(CheckpointEvent.Fresh, $"{store.Name}: no checkpoint there yet; the fit begins anew.");
        }
        Write(store, finished: false);
    }

    private void TellOfReplaced(StateBuffer body, string name)
    {
        if (!CheckpointHead.Of(body).Finished)
        {
            Notify(CheckpointEvent.Replaced, $"{name} holds a fit that had not come to its end; it is replaced, because resuming was not asked for.");
        }
    }

    private static CheckpointException OtherVersion(string name, string found, Exception? cause = null) => new(
        CheckpointProblem.OtherVersion, $"{name}: expected a checkpoint of Latent {CheckpointHead.ThisLibrary}, found {found}. Resume with the version that wrote it, or begin anew.", cause);

    /// <summary>Takes a checkpoint as the one to go on from; or, where it is of an earlier part, as what comes before this one.</summary>
    private void Resume(StateBuffer body, string name, Fingerprint fingerprint, List<string> damaged)
    {
        CheckpointHead head = HeadOf(body, name);
        bool later = false;
        while (head.Part > _options.Part && head.Before is { } before)
        {
            body = new StateBuffer();
            body.Write(before);
            body.Position = 0;
            head = HeadOf(body, name);
            later = true;
        }
        if (head.Part < _options.Part)
        {
            using MemoryStream copy = new();
            body.CopyTo(copy);
            _before = copy.ToArray();
            return;
        }
        if (head.Library != CheckpointHead.ThisLibrary)
        {
            throw OtherVersion(name, $"one of {head.Library}");
        }
        fingerprint.Check(name, head.Made);
        foreach (string problem in damaged)
        {
            Notify(CheckpointEvent.Recovered, $"{problem}. The one before it serves.");
        }
        (_restored, _source, _before, _atEnd) = (body, name, head.Before, head.Finished);
        if (later)
        {
            return;
        }
        Notify(
            head.Finished ? CheckpointEvent.Finished : CheckpointEvent.Resumed,
            head.Finished ? $"{name} holds this fit at its end: nothing is computed again." : $"Resumed from {name}.");
    }

    private static CheckpointHead HeadOf(StateBuffer body, string name)
    {
        try
        {
            return CheckpointHead.Of(body);
        }
        catch (InvalidDataException cause)
        {
            throw OtherVersion(name, cause.Message, cause);
        }
    }

    /// <summary>Hands the state that rank 0 has read to the others, so that all go on from the same iteration.</summary>
    private void Share(ICommunicator ranks, Exception? refusal)
    {
        const int pieceLength = 1 << 16;
        double[] length = [refusal is null ? _restored?.Length ?? -1 : -2];
        ranks.Broadcast(length);
        if (refusal is not null)
        {
            throw refusal;
        }
        if (length[0] == -2)
        {
            throw new CheckpointException(CheckpointProblem.Damaged, "Expected a checkpoint that rank 0 can use, found that it cannot; its message says why.");
        }
        StateBuffer shared = _restored ?? new StateBuffer();
        double[] piece = new double[pieceLength];
        Span<byte> bytes = MemoryMarshal.AsBytes(piece.AsSpan());
        for (long sent = 0; sent < length[0]; sent += bytes.Length)
        {
            if (ranks.Rank == 0)
            {
                shared.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            }
            ranks.Broadcast(piece);
            if (ranks.Rank != 0)
            {
                shared.Write(bytes[..(int)Math.Min(bytes.Length, length[0] - sent)]);
            }
        }
        shared.Position = 0;
        _restored = length[0] >= 0 ? shared : null;
    }
}
