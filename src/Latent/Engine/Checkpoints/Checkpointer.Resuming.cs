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
                if (_options.Resume)
                {
                    Resume(body, copy.Name, fingerprint, damaged);
                    return;
                }
                TellOfReplaced(body, copy.Name);
                break;
            }
            catch (Exception cause) when (cause is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                damaged.Add($"{copy.Name}: expected a checkpoint, found {(cause is InvalidDataException ? cause.Message : $"that it cannot be read ({cause.Message.TrimEnd('.')})")}");
            }
        }
        _keepLast = damaged.Count == 0;
        if (_options.Resume && damaged.Count > 0)
        {
            throw new CheckpointException(CheckpointProblem.Damaged, $"{string.Join("; ", damaged)}. Restore the file, or begin anew without resuming.");
        }
        if (_options.Resume)
        {
            Notify(CheckpointEvent.Fresh, $"{store.Name}: no checkpoint there yet; the fit begins anew.");
        }
        Write(store, finished: false);
    }

    private void TellOfReplaced(StateBuffer body, string name)
    {
        using StateReader reader = new(body);
        if (!reader.Read<CheckpointHead>().Finished)
        {
            Notify(CheckpointEvent.Replaced, $"{name} holds a fit that had not come to its end; it is replaced, because resuming was not asked for.");
        }
    }

    private static CheckpointException OtherVersion(string name, string found, Exception? cause = null) => new(
        CheckpointProblem.OtherVersion, $"{name}: expected a checkpoint of Latent {CheckpointHead.ThisLibrary}, found {found}. Resume with the version that wrote it, or begin anew.", cause);

    private void Resume(StateBuffer body, string name, Fingerprint fingerprint, List<string> damaged)
    {
        CheckpointHead head;
        try
        {
            using StateReader reader = new(body);
            head = reader.Read<CheckpointHead>();
        }
        catch (InvalidDataException cause)
        {
            throw OtherVersion(name, cause.Message, cause);
        }
        body.Position = 0;
        if (head.Library != CheckpointHead.ThisLibrary)
        {
            throw OtherVersion(name, $"one of {head.Library}");
        }
        fingerprint.Check(name, head.Made);
        foreach (string problem in damaged)
        {
            Notify(CheckpointEvent.Recovered, $"{problem}. The one before it serves.");
        }
        _keepLast = damaged.Count == 0;
        (_restored, _source) = (body, name);
        Notify(
            head.Finished ? CheckpointEvent.Finished : CheckpointEvent.Resumed,
            head.Finished ? $"{name} holds this fit at its end: nothing is computed again." : $"Resumed from {name}.");
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
