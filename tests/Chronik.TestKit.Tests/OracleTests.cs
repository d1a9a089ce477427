namespace Chronik.TestKit.Tests;

public sealed class OracleTests(Oracle oracle) : IClassFixture<Oracle>
{
    [Fact]
    public void It_answers_a_question()
    {
        var answer = oracle.AskOk("crc32c 313233343536373839");
        Assert.Equal(0xE3069283, answer.GetProperty("crc32c").GetUInt32());
    }

    [Fact]
    public void It_answers_thousands_of_questions_in_their_order()
    {
        var numbers = Enumerable.Range(0, 3000).ToList();
        var answers = oracle.AskMany([.. numbers.Select(number => $"encode response 12 0 {{\"throttleTimeMs\":{number},\"errorCode\":{number}}}")]);
        Assert.Equal(numbers, answers.Select(answer => Convert.ToInt32(answer.GetProperty("hex").GetString()![^4..], 16)));
    }

    [Fact]
    public void A_wrong_question_is_told_and_the_next_one_still_answered()
    {
        Assert.Throws<InvalidOperationException>(() => oracle.AskOk("decode request 18 3 ff"));
        Assert.True(oracle.AskOk("ping").GetProperty("ok").GetBoolean());
        Assert.Throws<ArgumentException>(() => oracle.Ask("# no question"));
    }
}
