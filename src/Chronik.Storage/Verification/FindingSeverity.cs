namespace Chronik.Storage.Verification;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>What a crash or another program leaves: the server deals with it, no record is touched.</summary>
    Note,

    /// <summary>Something is not as it was written.</summary>
    Damage,
}
