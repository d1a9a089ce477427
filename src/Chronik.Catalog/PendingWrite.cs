namespace Chronik.Catalog;

/// <summary>The changes of one caller, and the caller waiting for them.</summary>
internal sealed class PendingWrite(IReadOnlyList<CatalogChange> changes)
{
    // The waiter goes on elsewhere: the writer must not run a coordinator's code.
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal IReadOnlyList<CatalogChange> Changes { get; } = changes;

    internal Task Task => _completion.Task;

    /// <summary>Why these changes alone failed, while those of others in the same transaction go on.</summary>
    internal CatalogException? Failure { get; set; }

    internal void Complete(CatalogException? failure)
    {
        if ((Failure ?? failure) is { } reason)
            _completion.SetException(reason);
        else
            _completion.SetResult();
    }
}
