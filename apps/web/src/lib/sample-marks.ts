/** The name of the file of sample data, by which its import is found again. */
export const SAMPLE_FILE = 'sample-data.json'

/** On every sample purchase, so that they can be told apart from others. */
export const SAMPLE_TAG = 'sample'
