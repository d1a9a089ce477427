namespace Chronik.Coordination.Classic.Commands;

/// <summary>A client's request, which gets exactly one answer, now or later.</summary>
public abstract record GroupRequest(RequestId Request) : GroupCommand;
