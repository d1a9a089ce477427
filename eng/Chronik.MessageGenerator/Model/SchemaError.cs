namespace Chronik.MessageGenerator.Model;

/// <summary>Something wrong in a schema.</summary>
/// <param name="Line">Which line, from 0.</param>
/// <param name="Text">What is wrong with it.</param>
internal sealed record SchemaError(int Line, string Text);
